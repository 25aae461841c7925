import type { Engine, SampleOptions } from '@wavetune/engine';
import type { Plan } from '@wavetune/ir';
import {
  estimatePlan,
  overlayCounters,
  overlayMeasured,
  type PlanMetrics,
  type RuntimeCounters,
  relationsOf,
  scaleSample,
  type TableLookup,
} from '@wavetune/metrics';

/** How the figures of a plan are found. */
export interface CostOptions {
  readonly engine: Engine;
  readonly worldSize: number;
  /** False: the plan has tables without rows, or is not to run. */
  readonly runs: boolean;
  /** Left out: it is measured on all rows. */
  readonly sample?: SampleOptions;
  readonly counters?: RuntimeCounters;
}

/**
 * What a plan costs: estimated from what its files say of themselves, then measured where it runs, on a sample of its
 * largest table where that is larger than asked for, then what the user counted; the later beats the earlier.
 */
export async function costPlan(plan: Plan, options: CostOptions): Promise<PlanMetrics> {
  const { counters } = options;
  const known = await measuredCost(plan, options);
  return counters === undefined ? known : overlayCounters(known, counters);
}

async function measuredCost(plan: Plan, options: CostOptions): Promise<PlanMetrics> {
  const { engine, worldSize, runs, sample } = options;
  const tables = await tablesOf(plan, engine);
  if (runs && sample !== undefined) {
    return scaleSample(plan, await engine.measureSample(plan, sample), { tables, worldSize });
  }
  const estimated = estimatePlan(plan, { tables, worldSize });
  return runs ? overlayMeasured(estimated, await engine.measure(plan)) : estimated;
}

/** What the sources of a plan say of themselves; nothing is known of tables that are still to be bound. */
async function tablesOf(plan: Plan, engine: Engine): Promise<TableLookup> {
  const scans = relationsOf(plan).flatMap(({ node }) =>
    node.kind === 'scan' && node.source.format !== 'table' ? [node] : [],
  );
  const lookups = await Promise.all(scans.map((scan) => engine.statistics(scan)));
  return (source) => {
    for (const lookup of lookups) {
      const statistics = lookup(source);
      if (statistics !== undefined) return statistics;
    }
    return undefined;
  };
}
