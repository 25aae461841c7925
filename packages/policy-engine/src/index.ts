export type { WindowContext } from './context/window-context.ts';
export type { ItemEvent } from './events/item-event.ts';
export type { CachePlan, PrefetchEntry } from './plan/cache-plan.ts';
export type { Planner, PlanSignal } from './planners/planner.ts';
