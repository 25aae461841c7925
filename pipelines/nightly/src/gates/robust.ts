/** The middle value; of an even count the mean of the two. Undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** From the median absolute deviation to a standard deviation, for a normal distribution: 1 / Φ⁻¹(3/4). */
const NORMAL_MAD = 1.4826;

/** What the last nights make likely: a middle, and how far from it a night may lie. */
export interface Band {
  readonly middle: number;
  readonly reach: number;
}

/**
 * The band of `deviations` robust standard deviations around the median, never narrower than `tolerance`: a few equal
 * nights have no spread at all.
 */
export function bandOf(
  values: readonly number[],
  deviations: number,
  tolerance: (middle: number) => number,
): Band | undefined {
  const middle = median(values);
  if (middle === undefined) return undefined;
  const spread = NORMAL_MAD * median(values.map((value) => Math.abs(value - middle)))!;
  return { middle, reach: Math.max(deviations * spread, tolerance(middle)) };
}
