import { ceilingOf, replay, type Simulation } from '@wavetune/cachesim';
import type { EngineExporter } from '@wavetune/documents';
import { choosePolicy, type PolicyChoice } from './choose-policy.ts';
import { type CohortRule, cohortRulesOf } from './cohort-rules.ts';
import { type Judgement, judge } from './judge.ts';
import { type Bench, replayAll } from './replay-all.ts';
import { trialOf } from './trial.ts';
import { type TunedEngine, tuneEngine } from './tune-engines.ts';
import { judgeOptionsOf, type TuningGround } from './tuning-ground.ts';

/** What every engine does that is told nothing. */
export const DEFAULT_POLICY = 'lru';

/** All that tuning a cache found. */
export interface CacheTuning {
  readonly ground: TuningGround;
  readonly choice: PolicyChoice;
  /** The winner against the default, on the measured window. */
  readonly judgement: Judgement;
  /** Knows the future. */
  readonly optimumHitTokens: number;
  readonly ceilingHitTokens: number;
  readonly rules: readonly CohortRule[];
  readonly engines: readonly TunedEngine[];
}

/** What to tune beside the policy. */
export interface TuningPlan {
  readonly exporters: readonly EngineExporter[];
  /** Prefixes to give a time to live and a priority. */
  readonly cohorts: number;
  readonly seed: number;
  /** How many of the last tuned references candidates are compared on, at least. */
  readonly comparedReferences: number;
}

/** Chooses on the tuned requests, then judges the winner once on the measured ones. */
export async function tuneCache(
  ground: TuningGround,
  plan: TuningPlan,
  bench: Bench,
): Promise<CacheTuning> {
  const { trace, capacityBlocks, tunedEnd } = ground;
  const { columns } = trace;
  const choice = await choosePolicy(ground, trialOf(ground, plan.comparedReferences), bench);
  const theirs: Simulation = { policy: DEFAULT_POLICY, capacityBlocks };
  const [theirTokens, ourTokens] = await replayAll(
    columns,
    [theirs, choice.winner.simulation],
    bench,
  );
  const judgement = judge(
    { label: DEFAULT_POLICY, tokens: theirTokens },
    { label: choice.winner.policy, tokens: ourTokens },
    { ...judgeOptionsOf(ground), seed: plan.seed },
  );
  const bound = { policy: 'optimum', capacityBlocks, measureFrom: tunedEnd };
  const engines: TunedEngine[] = [];
  for (const exporter of plan.exporters) {
    const { trial } = choice;
    engines.push(await tuneEngine(ground, exporter, { trial, seed: plan.seed, bench }));
  }
  return {
    ground,
    choice,
    judgement,
    optimumHitTokens: replay(columns, bound).hitTokens,
    ceilingHitTokens: ceilingOf(columns, tunedEnd).hitTokens,
    rules: cohortRulesOf(ground, plan.cohorts),
    engines,
  };
}
