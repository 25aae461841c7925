/**
 * What a planner sees of one window of traffic: bounded in size, and the same bytes for the same window.
 *
 * Lists are sorted by what ranks them, ties by key.
 */
export interface WindowContext {
  /** From 0. */
  readonly window: number;
  readonly fromMillis: number;
  readonly toMillis: number;
  readonly events: number;
  readonly requests: number;
  /** Share of the window's requests that each live cache answered; null without requests. */
  readonly hitRatio: { readonly baseline: number | null; readonly steered: number | null };
  /** Used over allowed memory of the steered cache, 0 … 1. */
  readonly pressure: number;
  readonly topItems: readonly HotItem[];
  readonly topCategories: readonly { readonly category: string; readonly events: number }[];
  /** Steps `action:item` of a few sessions, oldest first. */
  readonly sessions: readonly (readonly string[])[];
  /** Of keys that lie in the steered cache now. */
  readonly keys: readonly CachedKey[];
  readonly profiles: readonly UserProfile[];
  /** Of the hottest items: those most like them by the catalog's embeddings. */
  readonly neighbours: readonly { readonly key: string; readonly like: readonly string[] }[];
  /** What became of the plan before; null before the first. */
  readonly lastPlan: PlanOutcome | null;
}

export interface HotItem {
  readonly key: string;
  readonly requests: number;
  readonly users: number;
  readonly isCached: boolean;
  readonly title?: string;
  readonly category?: string;
  readonly brand?: string;
}

export interface CachedKey {
  readonly key: string;
  readonly sizeBytes: number;
  readonly ttlLeftSeconds: number;
  /** Seconds before the window's end. */
  readonly idleSeconds: number;
}

/** A user's taste over all windows so far. */
export interface UserProfile {
  readonly user: string;
  /** Decayed shares, the largest first. */
  readonly categories: readonly { readonly category: string; readonly share: number }[];
}

export interface PlanOutcome {
  readonly id: string;
  readonly evicted: number;
  readonly prefetched: number;
  /** Prefetched keys that were asked for before they left. */
  readonly prefetchedUsed: number;
  /** Evicted keys that were asked for again in the next window. */
  readonly evictedMissed: number;
}
