/** Of times that were taken; null where none was. */
export interface Latency {
  readonly medianMillis: number | null;
  readonly p95Millis: number | null;
  readonly mostMillis: number | null;
}

/** By nearest rank. */
export function latencyOf(millis: readonly number[]): Latency {
  const sorted = millis.toSorted((a, b) => a - b);
  const at = (share: number): number | null =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { medianMillis: at(0.5), p95Millis: at(0.95), mostMillis: at(1) };
}
