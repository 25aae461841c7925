import { isPlainKey, plainText } from '../catalog/plain-text.ts';
import type { ItemEvent } from '../events/item-event.ts';
import {
  AGGREGATOR_DEFAULTS,
  type AggregatorOptions,
  type WindowEnd,
} from './aggregator-options.ts';
import { buildContext } from './build-context.ts';
import { contextError } from './context-errors.ts';
import { fitContext, LEAST_TOKEN_BUDGET } from './fit-context.ts';
import { type AppliedPlan, createOutcomeWatch } from './outcome.ts';
import { createProfiles } from './profiles.ts';
import type { WindowContext } from './window-context.ts';
import {
  emptyTally,
  type Hits,
  type SessionRules,
  tallyEvent,
  tallyHits,
  type WindowTally,
} from './window-tally.ts';

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
      tallyEvent(tally, event, shownOf(event, options), rules);
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
function shownOf(
  { action, item, category }: ItemEvent,
  { keyPrefix, catalog }: AggregatorOptions,
): { step: string; category: string } {
  const isShown = isPlainKey(keyPrefix + item);
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
