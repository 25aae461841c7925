export type { CacheRules } from './caches/cache-rules.ts';
export type { EvictionRule } from './caches/ledger.ts';
export { type LiveCaches, openCaches } from './caches/open-caches.ts';
export { redisName } from './caches/redis-connection.ts';
export { type SpawnedServer, spawnRedisServer } from './caches/spawn-server.ts';
export { TTL_RULE, type TtlRule } from './caches/ttl-rule.ts';
export { type Catalog, type CatalogItem, EMPTY_CATALOG } from './catalog/catalog.ts';
export type { CatalogReport } from './catalog/memory-catalog.ts';
export { createCatalogBuilder } from './catalog/memory-catalog.ts';
export { type ReadCatalog, readCatalog } from './catalog/read-catalog.ts';
export {
  type ComparePlannersOptions,
  comparePlanners,
  type TriggerChoice,
} from './comparison/compare-planners.ts';
export {
  ADAPTIVE_DEFAULTS,
  type AdaptiveOptions,
  adaptiveTrigger,
} from './context/adaptive-trigger.ts';
export { type Aggregator, createAggregator } from './context/aggregator.ts';
export {
  AGGREGATOR_DEFAULTS,
  type AggregatorOptions,
  type ContextLimits,
  type WindowEnd,
} from './context/aggregator-options.ts';
export { encodeContext, LEAST_TOKEN_BUDGET, tokensOf } from './context/fit-context.ts';
export type { AppliedPlan } from './context/outcome.ts';
export { everyEvents, type Trigger, type TriggerReason } from './context/trigger.ts';
export type { CachedKey, HotItem, WindowContext } from './context/window-context.ts';
export type { Hits } from './context/window-tally.ts';
export {
  createEventRecorder,
  type EventColumns,
  eventCount,
  firstEvents,
} from './events/event-columns.ts';
export type { EventStream } from './events/event-stream.ts';
export type { ItemEvent } from './events/item-event.ts';
export { keyOf } from './events/item-key.ts';
export { type ReadEventsOptions, readEvents } from './events/read-events.ts';
export { chooseActions, type PlanActions } from './executor/choose-actions.ts';
export { createExecutorLog, type LogLevel } from './executor/executor-log.ts';
export { DEFAULT_LIMITS, type PlanLimits, parseNamespace } from './executor/plan-limits.ts';
export { type Executor, type ExecutorOptions, startExecutor } from './executor/start-executor.ts';
export { catalogValues, type ValueSource } from './executor/value-source.ts';
export { liveEvents } from './follow/event-source.ts';
export { type Followed, followEvents } from './follow/follow-events.ts';
export { followOutcomes } from './follow/plan-outcomes.ts';
export { createRemoteSteering, type RemoteSteering } from './follow/remote-steering.ts';
export { createReplayMetrics, type ReplayMetrics } from './metrics/replay-metrics.ts';
export { buildPlan, PLAN_BOUNDS, type PlanBounds, type PlanWish } from './plan/build-plan.ts';
export type { CachePlan, PrefetchEntry } from './plan/cache-plan.ts';
export { DISCARD_KINDS, type Discard, type DiscardKind } from './plan/discard.ts';
export { MODEL_DEFAULTS, type ModelOptions } from './planners/llm/model-options.ts';
export type {
  Future,
  FutureRequest,
  FutureTraffic,
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
export type { WindowRecord } from './replay/replay-events.ts';
export { DEFAULT_TRANSPORT, openTransport } from './transport/open-transport.ts';
export type {
  Consuming,
  PlanTransport,
  TransportOptions,
  Verdict,
} from './transport/plan-transport.ts';
