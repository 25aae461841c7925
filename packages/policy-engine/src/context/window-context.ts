/**
 * What a planner sees of one window of traffic: bounded in tokens, and the same bytes for the same window.
 *
 * Lists are sorted by what ranks them, ties by key. Names from the catalog are cut short and hold no control characters.
 */
export interface WindowContext {
  /** From 0. */
  readonly window: number;
  readonly fromMillis: number;
  readonly toMillis: number;
  /** What every key of the steered cache begins with: `item:`, followed by the item. */
  readonly keyPrefix: string;
  readonly events: number;
  readonly requests: number;
  /** Share of the window's requests that each live cache answered; null without requests. */
  readonly hitRatio: { readonly baseline: number | null; readonly steered: number | null };
  /** Used over allowed memory of the steered cache, 0 … 1. */
  readonly pressure: number;
  /** Keys with that prefix in the steered cache, of which `keys` shows some. */
  readonly cachedKeys: number;
  /** Most requests first. */
  readonly topItems: readonly HotItem[];
  readonly topCategories: readonly { readonly category: string; readonly events: number }[];
  /** Steps `action:item` of those users who were active last, oldest step first. */
  readonly sessions: readonly (readonly string[])[];
  /** Of keys that lie in the steered cache now: longest idle first. */
  readonly keys: readonly CachedKey[];
  /** Of the window's most active users. */
  readonly profiles: readonly UserProfile[];
  /** Of the hottest items: those most like them by the catalog's embeddings. */
  readonly neighbours: readonly { readonly key: string; readonly like: readonly string[] }[];
  /** What became of the plan before; null before the first. */
  readonly lastPlan: PlanOutcome | null;
  /** Lists that were cut so that the whole keeps within its tokens: the least important first. */
  readonly trimmed: readonly {
    readonly list: string;
    readonly kept: number;
    readonly of: number;
  }[];
}

export interface HotItem {
  readonly key: string;
  readonly requests: number;
  readonly users: number;
  /** Null where the steered cache does not hold it. */
  readonly ttlLeftSeconds: number | null;
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
  /** Prefetched keys that the steered cache then answered a request for. */
  readonly prefetchedUsed: number;
  /** Evicted keys that were then asked for in vain. */
  readonly evictedMissed: number;
}
