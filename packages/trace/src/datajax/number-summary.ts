/** What the original says of a numeric column. */
export type NumberSummary = {
  readonly count: number;
  readonly mean: number;
  /** Of the population: divided by `count`. */
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p99: number;
};

/**
 * Count, moments and quantiles (linear between neighbours, as pandas does) of the values that are numbers; `undefined`
 * where none is. Sums run in ascending order: the last digits can differ from a sum in pairs, as numpy makes it.
 */
export function summariseNumbers(values: ArrayLike<number>): NumberSummary | undefined {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const count = sorted.length;
  if (count === 0) return undefined;
  let total = 0;
  for (const value of sorted) total += value;
  const mean = total / count;
  let squares = 0;
  for (const value of sorted) squares += (value - mean) ** 2;
  const quantile = (share: number): number => {
    const position = share * (count - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, count - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
  };
  return {
    count,
    mean,
    std: Math.sqrt(squares / count),
    min: sorted[0],
    max: sorted[count - 1],
    p25: quantile(0.25),
    p50: quantile(0.5),
    p75: quantile(0.75),
    p90: quantile(0.9),
    p99: quantile(0.99),
  };
}
