import { AT, type MergeRule, ROW_WIDTH, TOTALS_NUMBERS, TOTALS_RULES } from './totals-columns.ts';

const positionsOf = (rule: MergeRule): Uint8Array =>
  Uint8Array.from(
    TOTALS_NUMBERS.filter((name) => TOTALS_RULES[name] === rule).map((name) => AT[name]),
  );

const SUMS = positionsOf('sum');
const LEASTS = positionsOf('least');
const GREATESTS = positionsOf('greatest');
const mergeMasses = massMerger(AT.landmark, positionsOf('mass'));
const mergeFeedback = massMerger(AT.feedbackLandmark, positionsOf('feedback-mass'));

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
  mergeFeedback(left, to, right, from);
  for (let k = 0; k < SUMS.length; k++) left[to + SUMS[k]] += right[from + SUMS[k]];
  for (let k = 0; k < LEASTS.length; k++) {
    const at = LEASTS[k];
    if (right[from + at] < left[to + at]) left[to + at] = right[from + at];
  }
  for (let k = 0; k < GREATESTS.length; k++) {
    const at = GREATESTS[k];
    if (right[from + at] > left[to + at]) left[to + at] = right[from + at];
  }
}

/** Merges masses and the landmark that they are relative to. */
function massMerger(landmark: number, positions: Uint8Array) {
  return (left: Float64Array, to: number, right: ArrayLike<number>, from: number): void => {
    const own = left[to + landmark];
    const other = right[from + landmark];
    // A row without masses has a landmark of -Infinity, and the difference of two of them is no number.
    const leftScale = own >= other ? 1 : 2 ** (own - other);
    const rightScale = own <= other ? 1 : 2 ** (other - own);
    for (let k = 0; k < positions.length; k++) {
      const at = positions[k];
      left[to + at] = left[to + at] * leftScale + right[from + at] * rightScale;
    }
    if (own < other) left[to + landmark] = other;
  };
}
