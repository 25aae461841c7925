import { momentOf } from './decay.ts';
import type { EntryKey } from './prefix-event.ts';
import { AT, EMPTY_ROW, ROW_WIDTH, type TotalsColumns } from './totals-columns.ts';

/** What became of a hint. */
export type Outcome = 'used' | 'unused' | 'evicted_early';

export const OUTCOMES: readonly Outcome[] = ['used', 'unused', 'evicted_early'];

/** What a planner did with a hint, and what it cost. */
export interface Feedback extends EntryKey {
  readonly outcome: Outcome;
  readonly cost_ms?: number;
  readonly timestamp_ms: number;
}

const MASS_OF: Readonly<Record<Outcome, number>> = {
  used: AT.usedMass,
  unused: AT.unusedMass,
  evicted_early: AT.evictedMass,
};

/** Feedback as totals without events, a row an item, so that it merges, persists and decays as events do. */
export function feedbackTotals(items: readonly Feedback[], halfLifeMillis: number): TotalsColumns {
  const numbers = new Float64Array(items.length * ROW_WIDTH);
  items.forEach(({ outcome, cost_ms: cost = 0, timestamp_ms: time }, i) => {
    const { landmark, growth } = momentOf(time, halfLifeMillis);
    const from = i * ROW_WIDTH;
    numbers.set(EMPTY_ROW, from);
    numbers[from + AT.feedbackLandmark] = landmark;
    numbers[from + MASS_OF[outcome]] = growth;
    numbers[from + AT.lastFeedbackMillis] = time;
    numbers[from + AT.feedbackCount] = 1;
    numbers[from + AT.feedbackCostMillis] = cost;
  });
  return {
    rowCount: items.length,
    tenants: items.map(({ tenant }) => tenant),
    models: items.map(({ model_id }) => model_id),
    prefixes: items.map(({ prefix_id }) => prefix_id),
    parents: items.map(() => undefined),
    numbers,
    latencies: items.map(() => []),
    pages: items.map(() => []),
    layers: [],
  };
}
