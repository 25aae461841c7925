export { type AttentionBound, attentionBound } from './attention-cost.ts';
export {
  type Calibration,
  CONSTANT_RANGES,
  type ConstantRange,
  type CostConstants,
  decodeCalibration,
  encodeCalibration,
  type FitError,
} from './calibration.ts';
export {
  type Decision,
  type DecisionEvidence,
  decidePolicy,
  type MeasuredTime,
  NOISE,
} from './decide.ts';
export type { ComputeFormat, Device } from './device.ts';
export { DTYPES, type DtypeTraits, type KernelDtype } from './dtype.ts';
export {
  type DenseFile,
  denseFileName,
  type EngineEntry,
  type EngineName,
  engineFileBody,
  type MoeFile,
  moeFileName,
  sglangFolder,
} from './engine-files.ts';
export {
  DEFAULT_MARGIN,
  evaluatePairs,
  type PairEvaluation,
  type PairVerdict,
  type PreparedPairs,
  preparePairs,
  selectPairs,
} from './evaluate-pairs.ts';
export { type CostExplanation, explainCost, type GemmExplanation } from './explain.ts';
export { findInfeasibility, type Infeasibility, isFeasible } from './feasibility.ts';
export {
  type FitInput,
  type FitJob,
  type FitResult,
  fitCalibrationTask,
  startConstants,
} from './fit-calibration.ts';
export type { StepTerms } from './gemm-cost.ts';
export { isAligned, legalFamilies, type PolicyFamily } from './legal-space.ts';
export { pairsOfMeasurements } from './measured-pairs.ts';
export { type Measurement, parseAutotuneLog, parseSweep } from './measurements.ts';
export {
  type LayerProblem,
  type ModelProblemOptions,
  type ModelShape,
  modelProblems,
  type Parallelism,
  withRows,
} from './model-problems.ts';
export {
  buildNeighbourIndex,
  type NeighbourIndex,
  type NeighbourQuery,
  type NeighbourVote,
  neighbourQueryOf,
  neighbourVotes,
} from './neighbours.ts';
export type { Occupancy } from './occupancy.ts';
export { type MeasuredPair, parsePairs } from './pairs.ts';
export {
  fromPolicyFields,
  type PolicyFields,
  samePolicy,
  sameTile,
  type TilePolicy,
  toPolicyFields,
} from './policy.ts';
export {
  type AttentionProblem,
  checkProblem,
  type DenseProblem,
  type KernelProblem,
  type L2State,
  type MoeProblem,
  parseDtype,
  sameShape,
  type TiledProblem,
} from './problem.ts';
export {
  blocksOf,
  type ExpertLoads,
  expertLoads,
  parseRouting,
  type Routing,
} from './routing.ts';
export {
  type ScheduledRequests,
  type SchedulerOptions,
  type StepKind,
  scheduleWaves,
  type TokenHistogram,
  type Waves,
} from './schedule.ts';
export {
  costPolicies,
  type RankedPolicy,
  type SearchInput,
  type SearchOptions,
  type SearchResult,
  searchPolicies,
  searchPoliciesTask,
} from './search-policies.ts';
export { type DecidedTwice, type Stability, stabilityOf } from './stability.ts';
export {
  type CostedStaging,
  decideStaging,
  type StagingBaseline,
  type StagingDecision,
} from './staging/decide-staging.ts';
export {
  MOVEMENT_KINDS,
  type Movement,
  type MovementKind,
  type StagingCounters,
} from './staging/movement.ts';
export { costStaging, type StagingCost, type StagingGround } from './staging/staging-cost.ts';
export {
  isStageable,
  legalStagings,
  plainStaging,
  type StagingPolicy,
} from './staging/staging-policy.ts';
export {
  type DatajaxFigures,
  type DatajaxPlanFigures,
  type DatajaxStagedPolicy,
  datajaxPolicy,
  datajaxStagedPolicy,
} from './strategies/datajax.ts';
export { findStrategy, STRATEGIES } from './strategies/strategies.ts';
export type { Strategy } from './strategies/strategy.ts';
export {
  bucketSteps,
  type LayerTotal,
  layerTotals,
  M_GRID,
  pinnedPolicies,
  type TraceProblem,
  traceProblems,
} from './trace-problems.ts';
export { parseTunedTable, type TunedRow } from './tuned-table.ts';
