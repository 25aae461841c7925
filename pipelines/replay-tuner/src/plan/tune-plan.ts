import type { Device } from '@wavetune/catalog';
import type { Plan } from '@wavetune/ir';
import {
  type Calibration,
  costStaging,
  decideStaging,
  isStageable,
  type StagingCounters,
  type StagingDecision,
  type StagingPolicy,
} from '@wavetune/kernels';
import type { PlanMetrics } from '@wavetune/metrics';
import { movementsOf, type PlanMovement } from '@wavetune/plan-input';

/** What stagings are tuned for. */
export interface PlanGround {
  readonly device: Device;
  readonly calibration: Calibration;
  readonly margin: number;
}

/** One movement of a plan, and how it should be staged. */
export interface TunedMovement extends PlanMovement {
  readonly decision: StagingDecision;
  /** The tile of a heuristic on this movement, whether it can run or not. */
  readonly heuristic: { readonly seconds: number; readonly feasible: boolean } | undefined;
}

/** Chooses the staging of everything that the plan moves; the counters of a real run count where there are any. */
export function tunePlan(
  plan: Plan,
  metrics: PlanMetrics,
  {
    device,
    calibration,
    margin,
    heuristic,
  }: PlanGround & { readonly heuristic: StagingPolicy | undefined },
): readonly TunedMovement[] {
  const counters = countersOf(metrics);
  const { constants } = calibration;
  return movementsOf(plan, metrics).map((moved) => {
    const ground = { movement: moved.movement, constants, counters };
    return {
      ...moved,
      decision: decideStaging(device, { ...ground, margin }),
      heuristic: heuristic && {
        seconds: costStaging(device, heuristic, ground).seconds,
        feasible: isStageable(device, heuristic),
      },
    };
  });
}

/** The counters that a user handed in; what a plan's text suggests of reuse is no counter of a cache. */
function countersOf({ occupancy, reuse }: PlanMetrics): StagingCounters {
  return {
    ...(occupancy?.provenance === 'counter' ? { occupancy: occupancy.value } : {}),
    ...(reuse?.provenance === 'counter' ? { l2Reuse: reuse.value } : {}),
  };
}
