import type { Engine } from '@wavetune/engine';
import type { Plan } from '@wavetune/ir';
import {
  estimatePlan,
  overlayCounters,
  overlayMeasured,
  type PlanMetrics,
  type RuntimeCounters,
  relationsOf,
  type TableLookup,
} from '@wavetune/metrics';

/** How the figures of a plan are found. */
export interface CostOptions {
  readonly engine: Engine;
  readonly worldSize: number;
  /** False: the plan has tables without rows, or is not to run. */
  readonly runs: boolean;
  readonly counters?: RuntimeCounters;
}

/**
 * What a plan costs: estimated from what its files say of themselves, then measured where it runs, then what the user
 * counted; the later beats the earlier.
 */
export async function costPlan(
  plan: Plan,
  { engine, worldSize, runs, counters }: CostOptions,
): Promise<PlanMetrics> {
  const estimated = estimatePlan(plan, { tables: await tablesOf(plan, engine), worldSize });
  const known = runs ? overlayMeasured(estimated, await engine.measure(plan)) : estimated;
  return counters === undefined ? known : overlayCounters(known, counters);
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
