import {
  costPolicies,
  type LayerProblem,
  layerTotals,
  STRATEGIES,
  type Stability,
  samePolicy,
  stabilityOf,
  type TilePolicy,
  withRows,
} from '@wavetune/kernels';
import { type DecidedProblem, type KernelTuning, keyOf } from './tune-kernels.ts';
import { tunedFileNames } from './tuned-file-names.ts';

/** Trace-weighted seconds of a layer over all its copies, or of the model (`layer` null). */
export interface KernelTotal {
  readonly layer: string | null;
  readonly copies: number;
  /** True where engines read tuned files for it; of the model, for all of it. */
  readonly tunable: boolean;
  readonly baselineSeconds: number;
  readonly seconds: number;
}

/** The layers in the order in which they run, the model last. */
export function totalsOf({ decided, ground }: KernelTuning): readonly KernelTotal[] {
  const layers = layerTotals(
    decided.map(({ layer, weight, decision }) => ({
      ...{ layer, weight, seconds: decision.seconds },
      baselineSeconds: decision.baseline.seconds,
    })),
  );
  const known = new Map(ground.layers.map((each) => [each.layer, each]));
  const isTunable = (each: LayerProblem | undefined): boolean =>
    each !== undefined && tunedFileNames(withRows(each, 1), ground.device).length > 0;
  const sum = (of: (each: (typeof layers)[number]) => number): number =>
    layers.reduce((total, each) => total + of(each), 0);
  return [
    ...layers.map((each) => ({
      ...each,
      copies: known.get(each.layer)?.count ?? 0,
      tunable: isTunable(known.get(each.layer)),
    })),
    {
      layer: null,
      copies: ground.model.layers,
      tunable: layers.every((each) => isTunable(known.get(each.layer))),
      baselineSeconds: sum((each) => each.baselineSeconds),
      seconds: sum((each) => each.seconds),
    },
  ];
}

/** A rule's trace-weighted time, and that of what is decided where it is the one to beat. */
export interface RuleTotal {
  readonly name: string;
  readonly seconds: number;
  readonly tunedSeconds: number;
  /** False where some tile of it cannot run on the device. */
  readonly runnable: boolean;
}

/** Every known rule on the trace's problems; what is tuned against a rule that can run is never slower, unless timings say so. */
export function ruleTotalsOf({ ground, decideAgainst }: KernelTuning): readonly RuleTotal[] {
  const { device, calibration } = ground;
  const { constants } = calibration;
  return STRATEGIES.map((strategy) => {
    let [seconds, tunedSeconds] = [0, 0];
    let runnable = true;
    for (const { problem, weight, decision } of decideAgainst(strategy)) {
      const { baseline, policy } = decision;
      const policies = [baseline.policy, policy];
      const [theirs, ours] = costPolicies(device, { problem, constants, policies });
      seconds += weight * theirs.seconds;
      tunedSeconds += weight * ours.seconds;
      runnable &&= baseline.feasible;
    }
    return { name: strategy.name, seconds, tunedSeconds, runnable };
  });
}

/** How far decisions depend on the sample, and how many problems that is over. */
export interface StabilityOf extends Stability {
  readonly problems: number;
}

/**
 * The first half of the trace under what the second half decided: where the second half has no steps of an M, the
 * default that its files would pin there.
 */
export function halvesStability({ halves, ground }: KernelTuning): StabilityOf | undefined {
  if (halves.length < 2) return undefined;
  const [first, second] = halves;
  const others = new Map(second.map((one) => [keyOf(one), one.decision.policy]));
  return compare(first, ground, (one) => others.get(keyOf(one)) ?? one.decision.baseline.policy);
}

/** This run's problems under the incumbent's policies, where it has one. */
export function incumbentStability({ decided, ground }: KernelTuning): StabilityOf | undefined {
  if (!ground.evidence.hasIncumbent) return undefined;
  const known = decided.filter(({ evidence }) => evidence.incumbent !== undefined);
  return compare(known, ground, ({ evidence }) => evidence.incumbent);
}

/** Gain of the whole model at each M over the baseline, ascending: baseline time / time − 1. */
export function gainByBucket(
  decided: readonly DecidedProblem[],
): readonly { readonly m: number; readonly gain: number }[] {
  const buckets = Map.groupBy(decided, ({ m }) => m);
  return [...buckets]
    .sort(([left], [right]) => left - right)
    .map(([m, problems]) => {
      const sum = (of: (one: DecidedProblem) => number): number =>
        problems.reduce((total, one) => total + one.weight * of(one), 0);
      const baseline = sum(({ decision }) => decision.baseline.seconds);
      return { m, gain: baseline / sum(({ decision }) => decision.seconds) - 1 };
    });
}

function compare(
  problems: readonly DecidedProblem[],
  { device, calibration }: KernelTuning['ground'],
  policyOf: (one: DecidedProblem) => TilePolicy | undefined,
): StabilityOf {
  const { constants } = calibration;
  const twice = problems.map((one) => {
    const { problem, weight, decision } = one;
    const own = decision.policy;
    const other = policyOf(one) ?? own;
    const [ownCost, otherCost] = costPolicies(device, {
      ...{ problem, constants, policies: [own, other] },
    });
    const otherSeconds = samePolicy(own, other) ? ownCost.seconds : otherCost.seconds;
    return { weight, own, other, ownSeconds: ownCost.seconds, otherSeconds };
  });
  return { ...stabilityOf(twice), problems: problems.length };
}
