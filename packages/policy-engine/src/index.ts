export { type Catalog, type CatalogItem, EMPTY_CATALOG } from './catalog/catalog.ts';
export {
  AGGREGATOR_DEFAULTS,
  type Aggregator,
  type AggregatorOptions,
  type ContextLimits,
  createAggregator,
  type WindowEnd,
} from './context/aggregator.ts';
export { encodeContext, tokensOf } from './context/fit-context.ts';
export type { AppliedPlan } from './context/outcome.ts';
export type { CachedKey, WindowContext } from './context/window-context.ts';
export type { Hits } from './context/window-tally.ts';
export type { ItemEvent } from './events/item-event.ts';
export { buildPlan, PLAN_BOUNDS, type PlanBounds, type PlanWish } from './plan/build-plan.ts';
export type { CachePlan, PrefetchEntry } from './plan/cache-plan.ts';
export { DISCARD_KINDS, type Discard, type DiscardKind } from './plan/discard.ts';
export type {
  Future,
  FutureRequest,
  ModelUsage,
  Planner,
  PlannerAnswer,
  PlanSignal,
} from './planners/planner.ts';
export {
  createPlanner,
  PLANNER_DEFAULTS,
  PLANNERS,
  type PlannerOptions,
  type PlannerSpec,
} from './planners/planners.ts';
