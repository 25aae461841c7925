import type { TraceColumns } from '@wavetune/core';
import type { PolicySpec } from '../policies/policy.ts';
import { EVICTION_POLICIES } from '../policies/policy-table.ts';
import { firstRequests } from '../sampling/select-requests.ts';
import { hitTokensOf, requestHits } from '../statistics/request-hits.ts';
import { type FittedTable, fitTables } from './fit-tables.ts';
import { learnedPolicy } from './learned-policy.ts';
import type { LearnedTable, TableOptions } from './learned-table.ts';

/** One candidate on the validation slice. */
export interface CandidateScore {
  readonly policy: string;
  /** Of a learned candidate. */
  readonly options?: TableOptions;
  readonly hitTokens: number;
}

export interface EvictionChoice {
  readonly policy: string;
  /** Where the learned policy won: its table, fitted anew on all of the training requests. */
  readonly table?: LearnedTable;
  readonly options?: TableOptions;
  /** Best first; equals in the order of the policies, the learned ones last. */
  readonly candidates: readonly CandidateScore[];
  /** The validation slice was `[validateFrom, trainEnd)`. */
  readonly validateFrom: number;
}

/** Tables for the choice at any capacity: fitted before the validation slice, and on all that may be seen. */
export interface TrainedTables {
  readonly trainEnd: number;
  readonly validateFrom: number;
  readonly early: readonly FittedTable[];
  readonly full: readonly FittedTable[];
}

/** Chosen: the validation slice is the last third of the training requests. */
const FIT_SHARE = 2 / 3;

/** The request at which the validation slice of the requests `[0, trainEnd)` begins. */
export function validationStart(trainEnd: number): number {
  return Math.floor(trainEnd * FIT_SHARE);
}

/** Fits what {@link chooseEviction} chooses from; requests from `trainEnd` on are not looked at. */
export function trainTables(columns: TraceColumns, trainEnd: number): TrainedTables {
  const validateFrom = validationStart(trainEnd);
  return {
    trainEnd,
    validateFrom,
    early: fitTables(columns, validateFrom),
    full: fitTables(columns, trainEnd),
  };
}

/**
 * Chooses how to evict from a cache of `capacityBlocks`: every classic policy with its initial parameters and every
 * learned table replay the training requests, the one with the most hit tokens on the validation slice wins.
 *
 * @param classics - Those to choose from; all that need no input where left out.
 */
export function chooseEviction(
  columns: TraceColumns,
  trained: TrainedTables,
  options: { readonly capacityBlocks: number; readonly classics?: readonly PolicySpec[] },
): EvictionChoice {
  const { trainEnd, validateFrom, early, full } = trained;
  const seen = firstRequests(columns, trainEnd);
  const score = (spec: PolicySpec): number =>
    hitTokensOf(seen, requestHits(seen, { spec, capacityBlocks: options.capacityBlocks }))
      .subarray(validateFrom)
      .reduce((sum, tokens) => sum + tokens, 0);
  const candidates: CandidateScore[] = [
    ...(options.classics ?? EVICTION_POLICIES).map((spec) => ({
      policy: spec.name,
      hitTokens: score(spec),
    })),
    ...early.map((fitted) => ({
      policy: 'learned',
      options: fitted.options,
      hitTokens: score(learnedPolicy(fitted.table)),
    })),
  ];
  candidates.sort((a, b) => b.hitTokens - a.hitTokens);
  const [best] = candidates;
  const common = { policy: best.policy, candidates, validateFrom };
  const refitted = full[early.findIndex((fitted) => fitted.options === best.options)];
  return refitted === undefined ? common : { ...common, ...refitted };
}
