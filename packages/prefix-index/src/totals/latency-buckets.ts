import type { FlatPairs } from './totals-columns.ts';

/** A bucket holds latencies within 2^(1/16) of each other, so its middle is within 2.2 % of each of them. */
const BUCKETS_A_DOUBLING = 16;
/** From a microsecond's thousandth to half a year. */
export const LEAST_BUCKET = -20 * BUCKETS_A_DOUBLING;
const GREATEST_BUCKET = 34 * BUCKETS_A_DOUBLING;

/**
 * The bucket of a latency in milliseconds: logarithmic, so that histograms merge by adding counts and a quantile has a
 * relative error (Masson, Rim, Lee: "DDSketch", VLDB 2019; here with fixed bounds instead of collapsing buckets).
 */
export function latencyBucket(millis: number): number {
  if (!(millis > 0)) return LEAST_BUCKET;
  const bucket = Math.floor(Math.log2(millis) * BUCKETS_A_DOUBLING);
  return Math.min(GREATEST_BUCKET, Math.max(LEAST_BUCKET, bucket));
}

/** The least latency of every bucket but the first, ascending: exactly where {@link latencyBucket} goes on to the next. */
export function leastLatencies(): readonly number[] {
  const bounds: number[] = [];
  for (let bucket = LEAST_BUCKET + 1; bucket <= GREATEST_BUCKET; bucket++) {
    bounds.push(leastLatency(bucket));
  }
  return bounds;
}

/** The logarithm is off by a last place or two at most, and so is where it reaches a bucket. */
function leastLatency(bucket: number): number {
  const near = new Float64Array([2 ** (bucket / BUCKETS_A_DOUBLING)]);
  const bits = new BigInt64Array(near.buffer);
  while (latencyBucket(near[0]) >= bucket) bits[0]--;
  while (latencyBucket(near[0]) < bucket) bits[0]++;
  return near[0];
}

/** Both histograms in one; the result may be one of them. */
export function mergeLatencies(left: FlatPairs, right: FlatPairs): FlatPairs {
  if (left.length === 0) return right;
  if (right.length === 0) return left;
  const merged: number[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const from = j >= right.length || left[i] <= right[j] ? left[i] : right[j];
    let count = 0;
    if (left[i] === from) {
      count += left[i + 1];
      i += 2;
    }
    if (right[j] === from) {
      count += right[j + 1];
      j += 2;
    }
    merged.push(from, count);
  }
  return merged;
}

/** The latency below which the share `quantile` of them lies; undefined where there is none. */
export function latencyQuantile(latencies: FlatPairs, quantile: number): number | undefined {
  let total = 0;
  for (let i = 1; i < latencies.length; i += 2) total += latencies[i];
  if (total === 0) return undefined;
  const rank = Math.ceil(quantile * total);
  let seen = 0;
  let at = 0;
  for (; at < latencies.length; at += 2) {
    seen += latencies[at + 1];
    if (seen >= rank) break;
  }
  const bucket = latencies[Math.min(at, latencies.length - 2)];
  if (bucket === LEAST_BUCKET) return 0;
  return 2 ** ((bucket + 0.5) / BUCKETS_A_DOUBLING);
}
