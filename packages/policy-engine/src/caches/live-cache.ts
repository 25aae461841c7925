import type { EventColumns, EventRange } from '../events/event-columns.ts';

/** One of the two caches that see the same requests. */
export interface LiveCache {
  /**
   * Answers a range of events in order: on a miss the value is stored with the TTL of the rule, a hit changes nothing.
   *
   * @returns For each event of the range 1 where Redis had the key, 0 where it had not or nothing was asked.
   * @throws WavetuneError `cache.refused`, `cache.disagrees`.
   */
  serve(columns: EventColumns, range: EventRange): Promise<Uint8Array>;
  /** Carries a batch out, between two events: removals first, all in one transaction. */
  apply(batch: CacheBatch, nowMillis: number): Promise<BatchOutcome>;
  /** Used over allowed memory, as it was last known. */
  pressure(): number;
  /** Sums since the start. */
  counts(): CacheCounts;
  /** As the cache's own clock has it now. */
  state(nowMillis: number): Promise<CacheState>;
  /** Removes what it stored, puts back what it set, and lets the server go. */
  close(): Promise<void>;
}

/** What is to leave and to come, keys of one namespace; already filtered. */
export interface CacheBatch {
  readonly evict: readonly string[];
  /** Keys that are not there do not count. */
  readonly mostEvictions: number;
  readonly prefetch: readonly {
    readonly key: string;
    readonly sizeBytes: number;
    readonly ttlSeconds: number;
  }[];
}

export interface BatchOutcome {
  /** Those that were there. */
  readonly evicted: readonly string[];
  /** Those that lie there now. */
  readonly prefetched: readonly string[];
  /** From sending the transaction to its answer; undefined where there was nothing to send. */
  readonly roundTripMillis: number | undefined;
}

export interface CacheCounts {
  readonly requests: number;
  readonly hits: number;
  readonly requestedBytes: number;
  readonly hitBytes: number;
  /** Values that were fetched from behind the cache: misses and prefetches. */
  readonly loads: number;
  /** For room. */
  readonly evictions: number;
  readonly expirations: number;
}

export interface CacheState {
  /** As the rule counts it. */
  readonly usedBytes: number;
  readonly limitBytes: number;
  /** What the server's own memory grew by; of both caches where they share a server. */
  readonly serverBytes: number;
  readonly keys: readonly CacheKey[];
}

/** A key that lies in the cache. */
export interface CacheKey {
  readonly key: string;
  readonly sizeBytes: number;
  readonly ttlLeftSeconds: number;
  readonly idleSeconds: number;
}
