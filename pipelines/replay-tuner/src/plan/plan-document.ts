import { WAVETUNE_VERSION } from '@wavetune/core';
import type { Policies } from '@wavetune/documents';
import type { StagingPolicy } from '@wavetune/kernels';
import type { PlanTuning } from './plan-tuning.ts';
import type { TunedMovement } from './tune-plan.ts';

type PlanPolicy = NonNullable<Policies['plan']>;
type Staging = PlanPolicy['stagings'][number];

/** The `policies/1` document of a plan. */
export function planPoliciesOf(tuning: PlanTuning): Policies {
  const { ground, format, inputs } = tuning;
  return {
    schema: 'policies/1',
    meta: {
      generator: `wavetune ${WAVETUNE_VERSION} replay-tuner`,
      inputs,
      format,
      requests: 0,
      model: null,
      device: ground.device.name,
      seed: null,
    },
    cache: null,
    cache_absent: 'a plan moves rows of tables; it has no requests that a cache could hit',
    plan: planPolicyOf(tuning),
  };
}

function planPolicyOf(tuning: PlanTuning): PlanPolicy {
  const { ground, format, strategy, metrics, movements, datajax } = tuning;
  const { inputRows, inputBytes, shuffleBytes, occupancy, reuse, sample } = metrics;
  return {
    format,
    strategy,
    world_size: metrics.worldSize,
    calibration: `${ground.calibration.source}, fitted ${ground.calibration.date}`,
    margin: ground.margin,
    sample:
      sample === undefined
        ? null
        : {
            rows: sample.rows,
            of_rows: sample.ofRows,
            parts: sample.parts,
            confidence: sample.confidence,
          },
    figures: {
      input_rows: inputRows,
      input_bytes: inputBytes,
      shuffle_bytes: shuffleBytes,
      occupancy: occupancy ?? null,
      l2_reuse: reuse?.provenance === 'counter' ? reuse : null,
    },
    pack_order: metrics.packOrder,
    reuse: reuse?.value ?? null,
    stagings: movements.map(stagingOf),
    total: totalOf(movements),
    ...('absent' in datajax
      ? { datajax: null, datajax_absent: datajax.absent }
      : { datajax: { metrics: { ...datajax.metrics }, policy: datajax.policy } }),
    notes: metrics.notes,
  };
}

/** Time of all movements one after another, untold and as chosen. */
export function totalOf(movements: readonly TunedMovement[]): PlanPolicy['total'] {
  const sum = (of: (movement: TunedMovement) => number) =>
    movements.reduce((total, movement) => total + toMicros(of(movement)), 0);
  return {
    baseline_micros: sum(({ decision }) => decision.baseline.seconds),
    micros: sum(({ decision: { verdict, candidate, baseline } }) =>
      verdict === 'use' ? candidate.seconds : baseline.seconds,
    ),
  };
}

function stagingOf({ at, node, columns, source, movement, ...tuned }: TunedMovement): Staging {
  const { policy, baseline, candidate, gain, verdict } = tuned.decision;
  const { kind, rows, columnBytes, tableBytes } = movement;
  return {
    ...{ at, node, kind, columns, rows, source, gain, verdict },
    row_bytes: columnBytes.reduce((sum, bytes) => sum + bytes, 0),
    table_bytes: tableBytes,
    policy: fieldsOf(policy),
    baseline: {
      name: baseline.name,
      policy: fieldsOf(baseline.policy),
      micros: toMicros(baseline.seconds),
      feasible: baseline.feasible,
    },
    ours: {
      policy: fieldsOf(candidate.policy),
      micros: toMicros(candidate.seconds),
      bytes_in_flight: candidate.bytesInFlight,
      bytes_needed: candidate.bytesNeeded,
    },
    heuristic:
      tuned.heuristic === undefined
        ? null
        : { micros: toMicros(tuned.heuristic.seconds), feasible: tuned.heuristic.feasible },
  };
}

/** A staging under the names that documents use. */
function fieldsOf({ blockRows, blockBytes, stages, warps }: StagingPolicy): Staging['policy'] {
  return { BM: blockRows, BK: blockBytes, stage_depth: stages, num_warps: warps };
}

function toMicros(seconds: number): number {
  return seconds * 1e6;
}
