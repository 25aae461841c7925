import { bootstrapDifference } from '@wavetune/cachesim';
import type { RequestRange, TraceColumns } from '@wavetune/core';

/** A figure and its percentile interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What intervals are drawn from: neighbouring requests of the range, in so many groups. */
export interface Sampling {
  readonly measured: RequestRange;
  readonly groups: number;
  readonly confidence: number;
}

const SEED = 1;

/**
 * The hit ratio of one cache, by a block bootstrap over groups of neighbouring requests; undefined where there are fewer
 * than two of them.
 *
 * @param hits - 1 for each request that was answered; shape `[requests]`.
 */
export function ratioInterval(
  trace: TraceColumns,
  hits: Float64Array,
  sampling: Sampling,
): Interval | undefined {
  return differenceInterval(trace, hits, new Float64Array(hits.length), sampling);
}

/** The hit ratio of one cache less that of another on the same requests, drawn together. */
export function differenceInterval(
  trace: TraceColumns,
  ours: Float64Array,
  theirs: Float64Array,
  { measured, groups, confidence }: Sampling,
): Interval | undefined {
  const requests = measured.end - measured.begin;
  const count = Math.ceil(requests / groups);
  if (requests <= count) return undefined;
  const { difference, low, high } = bootstrapDifference(trace, ours, theirs, {
    measured,
    by: { kind: 'requests', count },
    seed: SEED,
    confidence,
  });
  return { value: difference, low: Math.min(low, difference), high: Math.max(high, difference) };
}
