/**
 * How far an estimate is off, as a factor of at least 1: max(estimate / actual, actual / estimate) (Moerkotte, Neumann,
 * Steidl, PVLDB 2009). Both are counted as at least one row or byte, so that nothing estimated as nothing is 1, and
 * nothing estimated as n, or n as nothing, is n.
 */
export function qError(estimate: number, actual: number): number {
  const e = Math.max(1, estimate);
  const a = Math.max(1, actual);
  return Math.max(e / a, a / e);
}

/** The middle value, or the mean of the middle two; undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
