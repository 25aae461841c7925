import {
  type Decision,
  decidePolicy,
  type RankedPolicy,
  type Strategy,
  searchPoliciesTask,
  type TraceProblem,
  traceProblems,
  withRows,
} from '@wavetune/kernels';
import type { Pool } from '@wavetune/pool';
import type { ProblemEvidence } from './evidence.ts';
import type { KernelGround } from './kernel-ground.ts';
import type { TraceWaves } from './trace-waves.ts';

/** A problem with what to run for it. */
export interface DecidedProblem extends TraceProblem {
  readonly decision: Decision;
  readonly evidence: ProblemEvidence;
}

/** All that tuning kernels found. */
export interface KernelTuning {
  readonly ground: KernelGround;
  readonly waves: TraceWaves;
  /** The trace's problems against the baseline, by layer and ascending M. */
  readonly decided: readonly DecidedProblem[];
  /** The same of each half of the trace. */
  readonly halves: readonly (readonly DecidedProblem[])[];
  /** The trace's problems against another rule: an engine's file is held against that engine's own. */
  decideAgainst(strategy: Strategy): readonly DecidedProblem[];
  /** The policy of a layer at an M that the trace does not run, where the rule's own cannot run on the device. */
  searchAt(layer: string, m: number): Promise<RankedPolicy>;
}

/** Tiles that a decision may look at. */
const TOP = 8;

/** Searches the problems of a trace's steps and decides each against the baseline. */
export async function tuneKernels(
  ground: KernelGround,
  waves: TraceWaves,
  pool: Pool,
): Promise<KernelTuning> {
  const { layers } = ground;
  const whole = traceProblems(layers, waves.whole);
  const halves = (waves.halves ?? []).map((half) => traceProblems(layers, half));
  const rankings = await rankAll(ground, [...whole, ...halves.flat()], pool);
  const known = new Map<string, ProblemEvidence>();
  const evidenceOf = (one: TraceProblem): ProblemEvidence => {
    const evidence = known.get(keyOf(one)) ?? ground.evidence.of(one);
    known.set(keyOf(one), evidence);
    return evidence;
  };
  const decide = (problems: readonly TraceProblem[], strategy: Strategy) =>
    problems.map((one) => {
      const of = { ranking: rankings.get(keyOf(one)) ?? [], evidence: evidenceOf(one) };
      const decision = decideOne(ground, one, { ...of, strategy });
      return { ...one, decision, evidence: of.evidence };
    });
  return {
    ground,
    waves,
    decided: decide(whole, ground.strategy),
    halves: halves.map((half) => decide(half, ground.strategy)),
    decideAgainst: (strategy) => decide(whole, strategy),
    searchAt: async (layer, m) => {
      const found = layers.find((each) => each.layer === layer);
      if (found === undefined) throw new Error(`no layer ${layer}`);
      const at = { layer, m, weight: 0, problem: withRows(found, m) };
      const ranking = (await rankAll(ground, [at], pool)).get(keyOf(at));
      if (ranking === undefined) throw new Error(`nothing runs ${layer} at ${m}`);
      return ranking[0];
    },
  };
}

/** The M of a layer. */
export function keyOf({ layer, m }: { readonly layer: string; readonly m: number }): string {
  return `${layer}/${m}`;
}

async function rankAll(
  { device, calibration }: KernelGround,
  problems: readonly TraceProblem[],
  pool: Pool,
): Promise<ReadonlyMap<string, readonly RankedPolicy[]>> {
  const unique = [...new Map(problems.map((one) => [keyOf(one), one])).entries()];
  const results = await pool.run(searchPoliciesTask, {
    device,
    constants: calibration.constants,
    problems: unique.map(([, { problem }]) => problem),
    top: TOP,
    first: 0,
  });
  return new Map(results.map(({ index, ranking }) => [unique[index][0], ranking]));
}

function decideOne(
  { device, calibration, margin }: KernelGround,
  { problem }: TraceProblem,
  {
    ranking,
    evidence,
    strategy,
  }: {
    readonly ranking: readonly RankedPolicy[];
    readonly evidence: ProblemEvidence;
    readonly strategy: Strategy;
  },
): Decision {
  const { measured, neighbours, incumbent } = evidence;
  const { constants } = calibration;
  const baseline = { name: strategy.name, policy: strategy.choose(problem) };
  return decidePolicy(device, {
    problem,
    constants,
    evidence: {
      ...{ ranking, baseline, neighbours, measured, margin },
      ...(incumbent && { incumbent }),
    },
  });
}
