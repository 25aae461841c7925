import type { CostConstants } from './calibration.ts';
import type { Device } from './device.ts';
import { DEFAULT_MARGIN } from './evaluate-pairs.ts';
import { isFeasible } from './feasibility.ts';
import type { NeighbourVote } from './neighbours.ts';
import { samePolicy, sameTile, type TilePolicy } from './policy.ts';
import type { TiledProblem } from './problem.ts';
import { costPolicies, type RankedPolicy } from './search-policies.ts';

/** Two runs of one kernel differ by about this much (same configuration measured under two releases: 3.5 % rms). */
export const NOISE = 0.03;
/** Share of the neighbours' votes from which their tile counts as evidence. Chosen. */
const NEIGHBOUR_SHARE = 0.3;

/** A policy whose time was measured on the very problem and device. */
export interface MeasuredTime {
  readonly policy: TilePolicy;
  readonly seconds: number;
}

/** What a decision may look at, beside the model. */
export interface DecisionEvidence {
  /** The model's ranking, fastest first; not empty. */
  readonly ranking: readonly RankedPolicy[];
  readonly baseline: { readonly name: string; readonly policy: TilePolicy };
  readonly neighbours?: readonly NeighbourVote[];
  readonly measured?: readonly MeasuredTime[];
  /** What the last run decided. */
  readonly incumbent?: TilePolicy;
  readonly margin?: number;
}

/** What to run for a problem, next to what the engine would run by itself. */
export interface Decision {
  readonly policy: TilePolicy;
  readonly seconds: number;
  readonly baseline: {
    readonly name: string;
    readonly policy: TilePolicy;
    readonly seconds: number;
    readonly feasible: boolean;
  };
  /** The candidate and its gain over the baseline, `baseline / candidate − 1`; the policy itself where it is used. */
  readonly candidate: RankedPolicy;
  readonly gain: number;
  readonly source: 'modelled' | 'neighbour' | 'measured';
  readonly verdict: 'use' | 'keep default';
}

/**
 * Leaves the baseline only for a gain of at least the margin (10 %).
 *
 * Measured times beat predicted ones; where the baseline was not measured, its prediction is scaled by how far the
 * model is off on the winner. Else the neighbours' first tile is taken if the model puts it within the margin of its own
 * best; else the model's best. Policies within noise of the incumbent leave it in place. A baseline that cannot run on
 * the device is always left. Only feasible policies are chosen.
 */
export function decidePolicy(
  device: Device,
  {
    problem,
    constants,
    evidence,
  }: {
    readonly problem: TiledProblem;
    readonly constants: CostConstants;
    readonly evidence: DecisionEvidence;
  },
): Decision {
  const margin = evidence.margin ?? DEFAULT_MARGIN;
  const cost = (policy: TilePolicy) =>
    costPolicies(device, { problem, constants, policies: [policy] })[0].seconds;
  const runs = (policy: TilePolicy) => isFeasible(device, problem.dtype, policy);
  const measured = bestMeasured((evidence.measured ?? []).filter((time) => runs(time.policy)));
  const chosen =
    measured === undefined
      ? chooseModelled(evidence, { margin, cost, runs })
      : ({ ...measured, source: 'measured' } as const);
  const baselineSeconds =
    measured === undefined
      ? cost(evidence.baseline.policy)
      : measuredBaseline(evidence, measured, cost);
  const gain = baselineSeconds / chosen.seconds - 1;
  const feasible = runs(evidence.baseline.policy);
  const used = !feasible || gain >= margin;
  const candidate = { policy: chosen.policy, seconds: chosen.seconds };
  const baseline = { ...evidence.baseline, seconds: baselineSeconds, feasible };
  return {
    ...(used ? candidate : { policy: baseline.policy, seconds: baseline.seconds }),
    baseline,
    candidate,
    gain,
    source: chosen.source,
    verdict: used ? 'use' : 'keep default',
  };
}

interface Chosen extends RankedPolicy {
  readonly source: Decision['source'];
}

function chooseModelled(
  evidence: DecisionEvidence,
  {
    margin,
    cost,
    runs,
  }: {
    readonly margin: number;
    readonly cost: (policy: TilePolicy) => number;
    readonly runs: (policy: TilePolicy) => boolean;
  },
): Chosen {
  const [best] = evidence.ranking;
  const { incumbent } = evidence;
  if (incumbent !== undefined && runs(incumbent)) {
    const seconds = cost(incumbent);
    if (seconds <= best.seconds * (1 + NOISE))
      return { policy: incumbent, seconds, source: 'modelled' };
  }
  const vote = evidence.neighbours?.find((candidate) => runs(candidate.policy));
  if (vote !== undefined && vote.share >= NEIGHBOUR_SHARE) {
    const ranked = evidence.ranking.find((candidate) => sameTile(candidate.policy, vote.policy));
    const policy = ranked?.policy ?? vote.policy;
    const seconds = ranked?.seconds ?? cost(policy);
    if (seconds <= best.seconds * (1 + margin)) return { policy, seconds, source: 'neighbour' };
  }
  return { ...best, source: 'modelled' };
}

function bestMeasured(times: readonly MeasuredTime[]): MeasuredTime | undefined {
  return times.reduce<MeasuredTime | undefined>(
    (best, time) => (best === undefined || time.seconds < best.seconds ? time : best),
    undefined,
  );
}

function measuredBaseline(
  { baseline, measured }: DecisionEvidence,
  winner: MeasuredTime,
  cost: (policy: TilePolicy) => number,
): number {
  const known = measured?.find((time) => samePolicy(time.policy, baseline.policy));
  return known?.seconds ?? cost(baseline.policy) * (winner.seconds / cost(winner.policy));
}
