import type { RequestRange, TraceColumns } from '@wavetune/core';
import { type CohortWaits, cohortWaits } from './cohort-waits.ts';

/** How long to keep the blocks of a cohort after a touch, and how dear they are while they are kept. */
export interface CohortLifetime {
  readonly cohort: number;
  /** 0: do not keep. */
  readonly ttlMillis: number;
  /** Prefill seconds saved a block-second held up to that age; 0 where nothing is kept. */
  readonly savedPerBlockSecond: number;
  /** From 0 (not kept) to 100, by rank of `savedPerBlockSecond`; equals share a rank. */
  readonly priority: number;
  readonly hitBlocks: number;
  readonly heldBlockSeconds: number;
}

export interface LifetimeFit {
  /** By cohort, ascending. */
  readonly lifetimes: readonly CohortLifetime[];
  /** Prefill seconds that a block-second of memory must save. */
  readonly price: number;
}

export interface LifetimeOptions {
  /** Requests to learn from; must not reach into the measured window. */
  readonly training: RequestRange;
  /** Dense cohort of each block, `NONE` for none; shape `[d]`. */
  readonly cohorts: Uint32Array;
  /** What a hit block saves. */
  readonly prefillSecondsPerBlock: number;
  /** Memory to share among the cohorts; the price is then the one at which what they hold just fits on average. */
  readonly capacityBlocks: number;
}

const PRICE_STEPS = 40;

/**
 * The time to live of each cohort past which holding its blocks costs more than computing them again.
 *
 * Cost of a time to live τ over the waits w of a cohort's blocks: price × Σ min(w, τ) for the memory, plus the prefill of
 * each block whose wait was longer; waits cut off at the end of the training requests hold memory and bring nothing. The
 * price is the least at which all cohorts together hold no more than the capacity on average: the value of memory when it
 * goes to the best use. τ is one of the waits that ended with a touch, or 0.
 *
 * Cost: O(w log w) in the waits, then O(w) a step of the search for the price.
 */
export function fitLifetimes(columns: TraceColumns, options: LifetimeOptions): LifetimeFit {
  const { training, prefillSecondsPerBlock, capacityBlocks } = options;
  const waits = cohortWaits(columns, training, options.cohorts);
  const steps = [...waits]
    .sort(([a], [b]) => a - b)
    .map(([cohort, runs]) => ({ cohort, steps: stepsOf(runs) }));
  const { timeMillis } = columns;
  const spanSeconds =
    training.end === training.begin
      ? 0
      : (timeMillis[training.end - 1] - timeMillis[training.begin]) / 1000;
  const heldAt = (price: number): number =>
    steps.reduce(
      (sum, { steps: ttls }) => sum + bestStep(ttls, price / prefillSecondsPerBlock).heldSeconds,
      0,
    );
  const price = leastPrice(heldAt, capacityBlocks * spanSeconds, prefillSecondsPerBlock);
  const chosen = steps.map(({ cohort, steps: ttls }) => ({
    cohort,
    ...bestStep(ttls, price / prefillSecondsPerBlock),
  }));
  const densities = chosen.map(({ hits, heldSeconds, ttlMillis }) =>
    ttlMillis === 0 ? 0 : (hits * prefillSecondsPerBlock) / heldSeconds,
  );
  const ranks = [...new Set(densities.filter((density) => density > 0))].sort((a, b) => a - b);
  return {
    price,
    lifetimes: chosen.map(({ cohort, ttlMillis, hits, heldSeconds }, i) => ({
      cohort,
      ttlMillis,
      savedPerBlockSecond: densities[i],
      priority:
        densities[i] > 0 ? Math.round((100 * (ranks.indexOf(densities[i]) + 1)) / ranks.length) : 0,
      hitBlocks: hits,
      heldBlockSeconds: heldSeconds,
    })),
  };
}

/** What one time to live brings and holds. */
interface LifetimeStep {
  readonly ttlMillis: number;
  readonly hits: number;
  readonly heldSeconds: number;
}

/** Every time to live worth a thought, ascending. */
function stepsOf({ touched, cut }: CohortWaits): readonly LifetimeStep[] {
  const ends = [
    ...touched.millis.map((millis, i) => ({ millis, blocks: touched.blocks[i], hit: true })),
    ...cut.millis.map((millis, i) => ({ millis, blocks: cut.blocks[i], hit: false })),
  ].sort((a, b) => a.millis - b.millis);
  let waiting = ends.reduce((sum, { blocks }) => sum + blocks, 0);
  let hits = 0;
  let heldSeconds = 0;
  let age = 0;
  const steps: LifetimeStep[] = [{ ttlMillis: 0, hits: 0, heldSeconds: 0 }];
  for (const { millis, blocks, hit } of ends) {
    heldSeconds += (waiting * (millis - age)) / 1000;
    age = millis;
    waiting -= blocks;
    if (!hit) continue;
    hits += blocks;
    if (steps[steps.length - 1].ttlMillis === millis) steps.pop();
    steps.push({ ttlMillis: millis, hits, heldSeconds });
  }
  return steps;
}

function bestStep(steps: readonly LifetimeStep[], hitsPerBlockSecond: number): LifetimeStep {
  let best = steps[0];
  let net = best.hits - hitsPerBlockSecond * best.heldSeconds;
  for (const step of steps) {
    const gain = step.hits - hitsPerBlockSecond * step.heldSeconds;
    if (gain > net) {
      best = step;
      net = gain;
    }
  }
  return best;
}

/** By bisection of its logarithm; 0 where all of it fits at no price. */
function leastPrice(heldAt: (price: number) => number, target: number, scale: number): number {
  if (heldAt(0) <= target) return 0;
  let low = Math.log(scale) - 40;
  let high = Math.log(scale) + 40;
  for (let step = 0; step < PRICE_STEPS; step++) {
    const middle = (low + high) / 2;
    if (heldAt(Math.exp(middle)) > target) low = middle;
    else high = middle;
  }
  return Math.exp(high);
}
