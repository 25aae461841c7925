import { AT, type MergeRule, ROW_WIDTH, TOTALS_NUMBERS, TOTALS_RULES } from './totals-columns.ts';

const positionsOf = (rule: MergeRule): readonly number[] =>
  TOTALS_NUMBERS.filter((name) => TOTALS_RULES[name] === rule).map((name) => AT[name]);

/** Masses and the landmark that they are relative to. */
interface Masses {
  readonly landmark: number;
  readonly positions: readonly number[];
}

const MASSES: readonly Masses[] = [
  { landmark: AT.landmark, positions: positionsOf('mass') },
  { landmark: AT.feedbackLandmark, positions: positionsOf('feedback-mass') },
];
const SUMS = positionsOf('sum');
const LEASTS = positionsOf('least');
const GREATESTS = positionsOf('greatest');

/**
 * Merges row `j` of `right` into row `i` of `left`. Commutative exactly; associative up to rounding, because the landmark
 * moves by whole half-lives, which is exact short of the smallest numbers there are.
 */
export function mergeNumbers(
  left: Float64Array,
  i: number,
  right: ArrayLike<number>,
  j: number,
): void {
  const to = i * ROW_WIDTH;
  const from = j * ROW_WIDTH;
  for (const masses of MASSES) mergeMasses(masses, { left, to }, { right, from });
  for (const at of SUMS) left[to + at] += right[from + at];
  for (const at of LEASTS) {
    if (right[from + at] < left[to + at]) left[to + at] = right[from + at];
  }
  for (const at of GREATESTS) {
    if (right[from + at] > left[to + at]) left[to + at] = right[from + at];
  }
}

function mergeMasses(
  { landmark, positions }: Masses,
  { left, to }: { readonly left: Float64Array; readonly to: number },
  { right, from }: { readonly right: ArrayLike<number>; readonly from: number },
): void {
  const own = left[to + landmark];
  const other = right[from + landmark];
  if (own === other) {
    for (const at of positions) left[to + at] += right[from + at];
    return;
  }
  if (own > other) {
    const scale = 2 ** (other - own);
    for (const at of positions) left[to + at] += right[from + at] * scale;
    return;
  }
  const scale = 2 ** (own - other);
  for (const at of positions) left[to + at] = left[to + at] * scale + right[from + at];
  left[to + landmark] = other;
}
