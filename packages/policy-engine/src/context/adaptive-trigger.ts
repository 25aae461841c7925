import { createRng } from '@wavetune/core';
import { type Stretch, testDrift } from './popularity-drift.ts';
import type { Trigger, TriggerReason } from './trigger.ts';

export interface AdaptiveOptions {
  /** Traffic is judged in steps of so many events. */
  readonly stepEvents: number;
  /** No window is shorter. */
  readonly coolDownEvents: number;
  /** No window is longer; bounds what a window holds. */
  readonly mostEvents: number;
  /** Standard deviations by which a step's hit ratio must lie below that of the step that the last window ended with. */
  readonly hitRatioDeviations: number;
  /** Standard deviations by which the divergence between these steps must lie above what chance gives. */
  readonly driftDeviations: number;
  /** Pressure signals at `high`, and once only until it has been at `low` or under. */
  readonly pressure: { readonly high: number; readonly low: number };
  /** Shuffles of a drift test. */
  readonly driftRounds: number;
  readonly seed: number;
}

/** Chosen: four deviations leave one false alarm in some ten thousand steps. */
export const ADAPTIVE_DEFAULTS: AdaptiveOptions = {
  stepEvents: 1000,
  coolDownEvents: 2000,
  mostEvents: 20_000,
  hitRatioDeviations: 4,
  driftDeviations: 4,
  pressure: { high: 0.9, low: 0.8 },
  driftRounds: 39,
  seed: 1,
};

interface Step extends Stretch {
  readonly items: string[];
  readonly users: string[];
  hits: number;
  events: number;
}

/**
 * Ends a window when the traffic has changed by more than its noise since the window before, or pressure has risen: the
 * hit ratio of the steered cache fell (two binomial samples), or the popularity of items drifted. After `mostEvents` the
 * window ends all the same.
 *
 * Cost: O(driftRounds) an event, in one go at the end of a step. Holds two steps.
 */
export function adaptiveTrigger(options: AdaptiveOptions = ADAPTIVE_DEFAULTS): Trigger {
  const { stepEvents, coolDownEvents, mostEvents, pressure: bounds } = options;
  let reference: Step | undefined;
  let step = emptyStep();
  let sinceSignal = 0;
  let isArmed = true;
  const rng = createRng(options.seed);

  const changeIn = (current: Step): TriggerReason | null => {
    if (reference === undefined) return null;
    if (hasFallen(reference, current, options.hitRatioDeviations)) return 'hit-ratio';
    const { divergence, noise } = testDrift(reference, current, options.driftRounds, rng);
    const limit = noise.mean + options.driftDeviations * noise.deviation;
    return divergence > Math.max(limit, noise.most) ? 'drift' : null;
  };

  /** `over` is the step that ended with this event. */
  const reasonNow = (pressure: number, over: Step | undefined): TriggerReason | null => {
    if (sinceSignal < coolDownEvents) return null;
    if (isArmed && pressure >= bounds.high) return 'pressure';
    const change = over === undefined ? null : changeIn(over);
    return change ?? (sinceSignal >= mostEvents ? 'events' : null);
  };

  return {
    observe({ item, user }, hits, pressure) {
      sinceSignal++;
      step.events++;
      if (hits !== null) {
        step.items.push(item);
        step.users.push(user);
        if (hits.steered) step.hits++;
      }
      if (pressure <= bounds.low) isArmed = true;
      const over = step.events < stepEvents ? undefined : step;
      const reason = reasonNow(pressure, over);
      if (over !== undefined) {
        step = emptyStep();
        if (reason !== null || reference === undefined) reference = over;
      }
      if (reason !== null) sinceSignal = 0;
      if (reason === 'pressure') isArmed = false;
      return reason;
    },
  };
}

function emptyStep(): Step {
  return { items: [], users: [], hits: 0, events: 0 };
}

/** Two samples of hits: whether the second ratio lies below the first by more than `deviations` of their difference. */
function hasFallen(before: Step, after: Step, deviations: number): boolean {
  const [n, m] = [before.items.length, after.items.length];
  if (n === 0 || m === 0) return false;
  const pooled = (before.hits + after.hits) / (n + m);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return before.hits / n - after.hits / m > deviations * deviation && deviation > 0;
}
