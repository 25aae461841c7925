import type { WindowContext } from '../context/window-context.ts';
import type { CachePlan } from '../plan/cache-plan.ts';

/** Why a plan is asked for. */
export interface PlanSignal {
  readonly reason: 'events' | 'hit-ratio' | 'pressure' | 'drift';
  /** Ends the planner's work, on a timeout or when the engine stops. */
  readonly abort: AbortSignal;
}

/** Makes plans, off the path of the requests; one that keeps state learns from contexts in their order only. */
export interface Planner {
  readonly name: string;
  plan(context: WindowContext, signal: PlanSignal): Promise<CachePlan>;
}
