import type { KvModel } from '@wavetune/cache-sizing';
import { fitLifetimes } from '@wavetune/cachesim';
import { NONE, type TraceColumns } from '@wavetune/core';
import { countSavedTokens, type PrefixForest, selectTopCohorts } from '@wavetune/prefix';
import type { TuningGround } from './tuning-ground.ts';

/** How long a prefix is worth its room after a touch, and how dear it is meanwhile. */
export interface CohortRule {
  /** Its last block. */
  readonly block: number;
  readonly ttlMillis: number;
  /** 1 … 100. */
  readonly priority: number;
}

/**
 * Time to live and priority of the `limit` prefixes that save most tokens, learned from the tuned requests: the price of
 * room is the one at which what all prefixes hold just fits the cache.
 */
export function cohortRulesOf(ground: TuningGround, limit: number): readonly CohortRule[] {
  const { trace, tunedEnd, capacityBlocks, model } = ground;
  const { columns } = trace;
  const forest = ground.forestOf(tunedEnd);
  const { lifetimes } = fitLifetimes(columns, {
    training: { begin: 0, end: tunedEnd },
    cohorts: cohortsOf(columns, forest),
    prefillSecondsPerBlock: prefillSecondsPerBlock(columns, model),
    capacityBlocks,
  });
  const byCohort = new Map(lifetimes.map((lifetime) => [lifetime.cohort, lifetime]));
  const saved = countSavedTokens(forest);
  const selected = selectTopCohorts(forest, Math.min(limit, saved.length));
  return Array.from(selected)
    .filter((cohort) => saved[cohort] > 0)
    .map((cohort) => ({
      block: forest.starts[cohort + 1] - 1,
      ttlMillis: byCohort.get(cohort)?.ttlMillis ?? 0,
      priority: Math.max(1, byCohort.get(cohort)?.priority ?? 1),
    }));
}

/** Cohort of each block of the trace, `NONE` for those that only later requests reference. */
function cohortsOf({ parents }: TraceColumns, { cohortOf }: PrefixForest): Uint32Array {
  const cohorts = new Uint32Array(parents.length).fill(NONE);
  cohorts.set(cohortOf);
  return cohorts;
}

/** A scale only, where no model says it: it moves no time to live and no rank. */
function prefillSecondsPerBlock({ blockSize }: TraceColumns, model: KvModel | undefined): number {
  return model === undefined ? 1 : model.prefill.secondsPerToken * blockSize;
}
