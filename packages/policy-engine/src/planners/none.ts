import { buildPlan, type PlanBounds } from '../plan/build-plan.ts';
import type { Planner } from './planner.ts';

/** Asks for nothing: what the pipeline itself changes. */
export function nonePlanner(bounds: PlanBounds): Planner {
  return {
    name: 'none',
    async plan(context) {
      const plan = buildPlan('none', context, { evict: [], prefetch: [] }, bounds.lifetimeMillis);
      return { plan, discarded: [] };
    },
  };
}
