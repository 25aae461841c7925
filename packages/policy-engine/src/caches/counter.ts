import type { CacheCounts } from './live-cache.ts';

/** A cache's sums, while it counts. */
export type Counter = { -readonly [K in keyof CacheCounts]: number };

export function createCounter(): Counter {
  return {
    requests: 0,
    hits: 0,
    requestedBytes: 0,
    hitBytes: 0,
    loads: 0,
    evictions: 0,
    expirations: 0,
  };
}

export function countRequest(counter: Counter, sizeBytes: number, isHit: boolean): void {
  counter.requests++;
  counter.requestedBytes += sizeBytes;
  if (isHit) {
    counter.hits++;
    counter.hitBytes += sizeBytes;
  } else {
    counter.loads++;
  }
}
