import { type Catalog, EMPTY_CATALOG } from '../catalog/catalog.ts';
import { isPlainKey, plainText } from '../catalog/plain-text.ts';
import type { ItemEvent } from '../events/item-event.ts';
import { KEY_PREFIX } from '../events/item-key.ts';
import { buildContext } from './build-context.ts';
import { contextError } from './context-errors.ts';
import { fitContext, LEAST_TOKEN_BUDGET } from './fit-context.ts';
import { type AppliedPlan, createOutcomeWatch } from './outcome.ts';
import { createProfiles, type ProfileOptions } from './profiles.ts';
import type { CachedKey, WindowContext } from './window-context.ts';
import {
  emptyTally,
  type Hits,
  type SessionRules,
  tallyEvent,
  tallyHits,
  type WindowTally,
} from './window-tally.ts';

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

/** Turns events into what planners see, window by window; whoever owns it says where windows end. */
export interface Aggregator {
  /** In the order of the stream; `hits` for requests, null for all other events. */
  observe(event: ItemEvent, hits: Hits | null): void;
  /** A plan was carried out: the next contexts tell what became of its keys. */
  planApplied(plan: AppliedPlan): void;
  /**
   * Ends the window. The same events and caches give equal contexts, whatever the order of `cached`.
   *
   * Cost: O(events of the window + keys in the cache), and the catalog's search for neighbours.
   */
  close(end: WindowEnd): WindowContext;
}

/**
 * Holds O(events of the window), and of earlier windows no more than `profiles` allows.
 *
 * @throws WavetuneError `context.token-budget`.
 */
export function createAggregator(options: AggregatorOptions = AGGREGATOR_DEFAULTS): Aggregator {
  const { tokenBudget, sessionGapMillis, limits } = options;
  if (tokenBudget < LEAST_TOKEN_BUDGET) {
    throw contextError('context.token-budget', { tokens: tokenBudget, least: LEAST_TOKEN_BUDGET });
  }
  const rules: SessionRules = { gapMillis: sessionGapMillis, steps: limits.sessionSteps };
  const profiles = createProfiles(options.profiles);
  const watch = createOutcomeWatch();
  let tally = emptyTally();
  let window = 0;
  return {
    observe(event, hits) {
      tallyEvent(tally, event, shownOf(event, options.catalog), rules);
      if (hits === null) return;
      tallyHits(tally, hits);
      watch.observe(options.keyPrefix + event.item, hits.steered);
    },
    planApplied: watch.applied,
    close(end) {
      profiles.addWindow(window, tastesOf(tally));
      const full = {
        ...buildContext(tally, end, options, profiles),
        window,
        lastPlan: watch.outcome(),
      };
      tally = emptyTally();
      window++;
      return fitContext(full, tokenBudget);
    },
  };
}

/** Actions and categories come from logs: shown as plain text, and an action without the colon that ends it. */
function shownOf(event: ItemEvent, catalog: Catalog): { step: string; category: string } {
  const { action, item, category } = event;
  const isShown = isPlainKey(item);
  return {
    step: isShown ? `${plainText(action, 20).replaceAll(':', ' ')}:${item}` : '',
    category: plainText(category || (catalog.find(item)?.category ?? '')),
  };
}

function tastesOf({ users }: WindowTally): ReadonlyMap<string, ReadonlyMap<string, number>> {
  return new Map(
    [...users]
      .filter(([, { categories }]) => categories.size > 0)
      .map(([user, { categories }]) => [user, categories]),
  );
}
