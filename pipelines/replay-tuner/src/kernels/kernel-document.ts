import type { Policies } from '@wavetune/documents';
import { toPolicyFields } from '@wavetune/kernels';
import {
  halvesStability,
  incumbentStability,
  ruleTotalsOf,
  type StabilityOf,
  totalsOf,
} from './kernel-figures.ts';
import type { KernelHalf } from './kernel-half.ts';
import { stepsByBucket } from './trace-waves.ts';
import type { DecidedProblem, KernelTuning } from './tune-kernels.ts';

type KernelPolicy = NonNullable<Policies['kernels']>[number];
type KernelRun = NonNullable<Policies['kernel_run']>;

/** The kernel half of `policies/1`; `placeOf` says where an engine's file lies, as seen from the document. */
export function kernelParts(
  half: KernelHalf,
  placeOf: (file: string) => string,
): Required<Pick<Policies, 'kernels' | 'kernel_totals' | 'kernel_run'>> {
  const { tuning } = half;
  const totals = totalsOf(tuning);
  const { baselineSeconds } = totals[totals.length - 1];
  return {
    kernels: tuning.decided.map((one) => kernelOf(tuning, one, baselineSeconds)),
    kernel_totals: totals.map(({ layer, copies, tunable, ...seconds }) => ({
      role: layer,
      layers: copies,
      tunable,
      baseline_micros: toMicros(seconds.baselineSeconds),
      micros: toMicros(seconds.seconds),
    })),
    kernel_run: runOf(half, placeOf),
  };
}

function kernelOf(
  { ground }: KernelTuning,
  { layer, m, weight, problem, decision }: DecidedProblem,
  total: number,
): KernelPolicy {
  const { baseline, candidate, gain, source, verdict, policy } = decision;
  const { device, tp, ep } = ground;
  const sizes =
    problem.kind === 'dense'
      ? { kind: 'gemm' as const, N: problem.n, K: problem.k, experts: null, top_k: null }
      : {
          kind: 'moe' as const,
          N: problem.width,
          K: problem.hidden,
          experts: problem.experts,
          top_k: problem.topK,
        };
  return {
    problem: { ...sizes, role: layer, device: device.name, dtype: problem.dtype, tp, ep },
    M: m,
    runs: weight,
    weight: (weight * baseline.seconds) / total,
    policy: toPolicyFields(policy),
    baseline: {
      name: baseline.name,
      policy: toPolicyFields(baseline.policy),
      micros: toMicros(baseline.seconds),
      feasible: baseline.feasible,
    },
    ours: { policy: toPolicyFields(candidate.policy), micros: toMicros(candidate.seconds) },
    gain,
    source,
    verdict,
  };
}

function runOf(
  { tuning, cache, exports }: KernelHalf,
  placeOf: (file: string) => string,
): KernelRun {
  const { ground, waves } = tuning;
  const { steps, prefillTokens, decodeTokens } = waves.whole;
  return {
    calibration: `${ground.calibration.source}, fitted ${ground.calibration.date}`,
    margin: ground.margin,
    cache,
    waves: {
      token_budget: ground.tokenBudget,
      max_sequences: ground.maxSequences,
      arrivals: ground.arrivals,
      steps,
      prefill_tokens: prefillTokens,
      decode_tokens: decodeTokens,
      histogram: stepsByBucket(waves.whole).map(({ m, ...kinds }) => ({ M: m, ...kinds })),
    },
    strategies: ruleTotalsOf(tuning).map(({ name, seconds, tunedSeconds, runnable }) => ({
      ...{ name, runnable },
      micros: toMicros(seconds),
      tuned_micros: toMicros(tunedSeconds),
    })),
    stability: {
      halves: stabilityForm(halvesStability(tuning)),
      incumbent: stabilityForm(incumbentStability(tuning)),
    },
    files: exports.map(({ engine, files, notes }) => ({
      engine,
      files: files.map(({ name }) => placeOf(name)),
      notes,
    })),
  };
}

function stabilityForm(stability: StabilityOf | undefined) {
  if (stability === undefined) return null;
  const { problems, changedShare, crossCost } = stability;
  return { problems, changed_share: changedShare ?? null, cross_cost: crossCost ?? null };
}

function toMicros(seconds: number): number {
  return seconds * 1e6;
}
