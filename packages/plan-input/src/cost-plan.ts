import type { Engine } from '@wavetune/engine';
import type { Plan } from '@wavetune/ir';
import {
  estimatePlan,
  overlayCounters,
  overlayMeasured,
  type PlanMetrics,
  type RuntimeCounters,
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
  const estimated = estimatePlan(plan, { tables: () => undefined, worldSize });
  const known = runs ? overlayMeasured(estimated, await engine.measure(plan)) : estimated;
  return counters === undefined ? known : overlayCounters(known, counters);
}
