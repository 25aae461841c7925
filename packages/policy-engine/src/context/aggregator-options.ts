import { type Catalog, EMPTY_CATALOG } from '../catalog/catalog.ts';
import { KEY_PREFIX } from '../events/item-key.ts';
import type { ProfileOptions } from './profiles.ts';
import type { CachedKey } from './window-context.ts';

/** Rows of a context's lists, before its tokens are counted. */
export interface ContextLimits {
  readonly topItems: number;
  readonly topCategories: number;
  readonly sessions: number;
  readonly sessionSteps: number;
  readonly keys: number;
  readonly profiles: number;
  /** Hottest items whose neighbours are listed, and how many of each. */
  readonly neighboursOf: number;
  readonly neighbours: number;
}

export interface AggregatorOptions {
  /** Of every key, before the item. */
  readonly keyPrefix: string;
  /** Most tokens of a context, counted by its bytes. */
  readonly tokenBudget: number;
  readonly limits: ContextLimits;
  readonly profiles: ProfileOptions;
  /** A longer pause of a user begins another session. */
  readonly sessionGapMillis: number;
  readonly catalog: Catalog;
}

/** Chosen: what a small local model's 8,192 tokens hold beside its instructions and its answer. */
export const AGGREGATOR_DEFAULTS: AggregatorOptions = {
  keyPrefix: KEY_PREFIX,
  tokenBudget: 6000,
  limits: {
    topItems: 60,
    topCategories: 10,
    sessions: 20,
    sessionSteps: 8,
    keys: 60,
    profiles: 10,
    neighboursOf: 10,
    neighbours: 5,
  },
  profiles: { halfLifeWindows: 5, mostUsers: 10_000, mostCategories: 8 },
  sessionGapMillis: 30 * 60_000,
  catalog: EMPTY_CATALOG,
};

/** What is known of the steered cache when a window ends. */
export interface WindowEnd {
  /** Used over allowed memory, 0 … 1. */
  readonly pressure: number;
  /** Every key in it, in any order. */
  readonly cached: Iterable<CachedKey>;
}
