/** What a planner wants of the steered cache: keys to drop and keys to load, for one window (`cache-plan/1`). */
export interface CachePlan {
  readonly schema: 'cache-plan/1';
  /** Names the plan, so that it is carried out once however often it is delivered. */
  readonly id: string;
  /** The window whose context it was made from, from 0. */
  readonly window: number;
  /** Milliseconds since 1970 by the clock of the events. */
  readonly created: number;
  /** From then on it is dropped unseen; the same clock. */
  readonly expires: number;
  readonly evict: readonly string[];
  readonly prefetch: readonly PrefetchEntry[];
}

export interface PrefetchEntry {
  readonly k: string;
  /** A planner's guess at the value; the executor reads the true one from the catalog. */
  readonly v?: string | null;
  /** Seconds. */
  readonly ttl: number;
}
