/**
 * A percentile by linear interpolation between the two nearest ranks (type 7 of Hyndman and Fan, 1996; SQL's
 * `quantile_cont`), so the 50th is the median of everyday use.
 *
 * Hoare's selection with the median of three as pivot. Cost: O(n) expected, reorders `values`, allocates nothing.
 *
 * @param values - At least one number, no NaN.
 * @param percent - A whole number from 0 to 100, so that ranks are exact.
 */
export function selectPercentile(values: Float64Array, percent: number): number {
  const hundredths = (values.length - 1) * percent;
  const below = Math.floor(hundredths / 100);
  const low = selectRank(values, below);
  if (hundredths % 100 === 0) return low;
  let high = Number.POSITIVE_INFINITY;
  for (let i = below + 1; i < values.length; i++) high = Math.min(high, values[i]);
  return low + ((high - low) * (hundredths % 100)) / 100;
}

/** Leaves the value of rank `rank` in its place, none above it before and none below it after. */
function selectRank(values: Float64Array, rank: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = medianOfThree(values[left], values[(left + right) >>> 1], values[right]);
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const swapped = values[i];
      values[i++] = values[j];
      values[j--] = swapped;
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else break;
  }
  return values[rank];
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
