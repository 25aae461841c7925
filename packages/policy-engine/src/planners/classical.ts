import type { WindowContext } from '../context/window-context.ts';
import { buildPlan, type PlanBounds } from '../plan/build-plan.ts';
import type { Planner } from './planner.ts';
import { wishOf } from './rank-keys.ts';

/** How many requests each key that it has seen is expected to get next; sees contexts in their order, each once. */
export type ScoreKeys = (context: WindowContext) => ReadonlyMap<string, number>;

/** A planner that needs nothing but an expectation: what is done with it is the same for all (`wishOf`). */
export function scoringPlanner(name: string, score: ScoreKeys, bounds: PlanBounds): Planner {
  return {
    name,
    async plan(context) {
      const wish = wishOf(context, score(context), bounds);
      return { plan: buildPlan(name, context, wish, bounds.lifetimeMillis), discarded: [] };
    },
  };
}
