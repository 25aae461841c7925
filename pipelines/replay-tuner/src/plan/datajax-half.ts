import { isWavetuneError } from '@wavetune/core';
import type { Engine } from '@wavetune/engine';
import {
  type DatajaxTrace,
  datajaxTraceOfPlan,
  type Plan,
  type Scan,
  schemaOf,
} from '@wavetune/ir';
import { type DatajaxStagedPolicy, datajaxStagedPolicy } from '@wavetune/kernels';
import {
  type DatajaxMetrics,
  datajaxMetrics,
  type RuntimeCounters,
  relationsOf,
} from '@wavetune/metrics';
import type { PlanFile } from '@wavetune/plan-input';

/** What datajax prints for a plan, value for value, or why it prints nothing. */
export type DatajaxHalf =
  | { readonly metrics: DatajaxMetrics; readonly policy: DatajaxStagedPolicy }
  | { readonly absent: string };

/** What datajax's formulas look at: the steps, and the rows of the input alone. */
export interface DatajaxInput {
  readonly file: PlanFile;
  /** Over what was given for its tables. */
  readonly plan: Plan;
  readonly worldSize: number;
  readonly counters: RuntimeCounters | undefined;
  readonly engine: Engine;
}

/**
 * datajax's figures and its tile. Without counters both are the original's; a counter takes the place of what the original
 * expects of occupancy, reuse and shuffled bytes, which it reads and then leaves out of its tile.
 */
export async function datajaxHalfOf(input: DatajaxInput): Promise<DatajaxHalf> {
  const { file, plan, worldSize, counters, engine } = input;
  const steps = stepsOf(file);
  if ('absent' in steps) return steps;
  const scan = firstScanOf(plan);
  if (scan.source.format === 'table') {
    return { absent: 'nothing was given for the rows of the input: --sample' };
  }
  const statistics = (await engine.statistics(scan))(scan.source);
  const types = new Map(schemaOf(scan).map(({ name, type }) => [name, type]));
  const metrics = datajaxMetrics(steps.trace, {
    ...{ rows: statistics?.rows ?? 0, types, worldSize },
    ...(counters === undefined ? {} : { counters }),
  });
  return { metrics, policy: policyOf(metrics) };
}

function policyOf(metrics: DatajaxMetrics): DatajaxStagedPolicy {
  return datajaxStagedPolicy({
    occupancy: metrics.runtime_wgmma_occupancy ?? metrics.expected_wgmma_occupancy,
    reuse: metrics.runtime_l2_reuse ?? metrics.predicted_l2_reuse,
    transforms: metrics.transform_steps,
    shuffleBytes: metrics.runtime_shuffle_bytes ?? metrics.estimated_shuffle_bytes,
    notes: metrics.notes,
  });
}

/** A plan of ours may do what datajax has no step for. */
function stepsOf(file: PlanFile): { readonly trace: DatajaxTrace } | { readonly absent: string } {
  if (file.format === 'datajax') return { trace: file.trace };
  try {
    return { trace: datajaxTraceOfPlan(file.plan).trace };
  } catch (error) {
    if (!isWavetuneError(error) || error.code !== 'ir.not-expressible') throw error;
    return { absent: error.message };
  }
}

/** Relations come inputs first, from left to right: the first is the plan's own input. */
function firstScanOf(plan: Plan): Scan {
  const [{ node }] = relationsOf(plan);
  if (node.kind !== 'scan') throw new Error(`a plan begins with a ${node.kind}`);
  return node;
}
