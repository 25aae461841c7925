import { AT, ROW_WIDTH, TOTALS_NUMBERS, TOTALS_RULES } from './totals-columns.ts';

const positionsOf = (rule: string): readonly number[] =>
  TOTALS_NUMBERS.filter((name) => TOTALS_RULES[name] === rule).map((name) => AT[name]);

const MASSES = positionsOf('mass');
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
  mergeMasses(left, to, right, from);
  for (const at of SUMS) left[to + at] += right[from + at];
  for (const at of LEASTS) {
    if (right[from + at] < left[to + at]) left[to + at] = right[from + at];
  }
  for (const at of GREATESTS) {
    if (right[from + at] > left[to + at]) left[to + at] = right[from + at];
  }
}

function mergeMasses(left: Float64Array, to: number, right: ArrayLike<number>, from: number): void {
  const own = left[to + AT.landmark];
  const other = right[from + AT.landmark];
  if (own === other) {
    for (const at of MASSES) left[to + at] += right[from + at];
    return;
  }
  if (own > other) {
    const scale = 2 ** (other - own);
    for (const at of MASSES) left[to + at] += right[from + at] * scale;
    return;
  }
  const scale = 2 ** (own - other);
  for (const at of MASSES) left[to + at] = left[to + at] * scale + right[from + at];
  left[to + AT.landmark] = other;
}
