export { cachesimError } from './cachesim-errors.ts';
export {
  type CapacityCurve,
  curveOfDepths,
  type DepthHistogram,
  type LruCurveInput,
  lruCurve,
  lruDepthsTask,
} from './curves/lru-curve.ts';
export { hitsAtTtl, type TtlCurve, ttlCurve } from './curves/ttl-curve.ts';
export {
  type CandidateScore,
  chooseEviction,
  type EvictionChoice,
  type TrainedTables,
  trainTables,
  validationStart,
} from './learned/choose-eviction.ts';
export { type FittedTable, fitTables } from './learned/fit-tables.ts';
export { learnedPolicy } from './learned/learned-policy.ts';
export type { LearnedTable, TableOptions } from './learned/learned-table.ts';
export {
  type CohortLifetime,
  fitLifetimes,
  type LifetimeFit,
  type LifetimeOptions,
} from './lifetimes/fit-lifetimes.ts';
export { type Ceiling, ceilingOf } from './optimum/ceiling.ts';
export type {
  EvictionPolicy,
  ParameterSpec,
  ParameterValues,
  PolicyDescription,
  PolicyInputs,
  PolicySetting,
  PolicySpec,
} from './policies/policy.ts';
export {
  EVICTION_POLICIES,
  isEvictionPolicy,
  KNOWN_POLICIES,
  policyOf,
} from './policies/policy-table.ts';
export { replay } from './replay/replay.ts';
export {
  type HitRule,
  type MeasuredWindow,
  measuredWindow,
  type ReplayRequest,
  type ReplayResult,
  type Residency,
} from './replay/replay-request.ts';
export {
  type ChainSample,
  type MiniOptions,
  type MiniResult,
  miniCapacity,
  miniSimulate,
  type SampledHits,
  sampleChains,
} from './sampling/mini-simulation.ts';
export {
  type SampledCurve,
  type SamplingOptions,
  sampledLruCurve,
} from './sampling/sampled-curve.ts';
export {
  createRequestSelector,
  firstRequests,
  type RequestSelector,
  selectRequests,
} from './sampling/select-requests.ts';
export {
  type BootstrapOptions,
  bootstrapDifference,
  type RatioDifference,
} from './statistics/bootstrap.ts';
export { hitTokensOf, type PolicyChoice, requestHits } from './statistics/request-hits.ts';
export {
  type CostedReplayInput,
  type CostedResult,
  costedReplayTask,
} from './tasks/costed-replay-task.ts';
export { type HitsTaskInput, hitsTask } from './tasks/hits-task.ts';
export type { Placed, Simulation } from './tasks/simulation.ts';
export { decomposeLoss, type LossOptions, type LossTable } from './tenants/decompose-loss.ts';
export {
  type Divergence,
  explainMisses,
  MISS_REASONS,
  type MissOptions,
  type MissReason,
  type MissTable,
} from './tenants/explain-misses.ts';
export { hitsByTenant, partitionedHits, type TenantHits } from './tenants/partitioned-hits.ts';
export { ROUTINGS, type Routing, routeRequests } from './tenants/route-requests.ts';
export { type PayingOptions, payingBlocks } from './tiers/paying-size.ts';
export {
  replayTiers,
  type Tier,
  type TieredReplay,
  type TierOptions,
  type TierResult,
} from './tiers/tiered-replay.ts';
export { linkReferences, type ReferenceIndex } from './trace-index/next-use.ts';
