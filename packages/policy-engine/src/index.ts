export type { WindowContext } from './context/window-context.ts';
export type { ItemEvent } from './events/item-event.ts';
export type { CachePlan, PrefetchEntry } from './plan/cache-plan.ts';
export { DISCARD_KINDS, type DiscardKind } from './plan/discard.ts';
export type {
  Future,
  FutureRequest,
  ModelUsage,
  Planner,
  PlannerAnswer,
  PlanSignal,
} from './planners/planner.ts';
