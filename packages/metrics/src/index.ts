export {
  countersPathOf,
  decodeCounters,
  overlayCounters,
  type RuntimeCounters,
} from './counters.ts';
export {
  type DatajaxMetrics,
  type DatajaxSample,
  datajaxMetrics,
} from './datajax/datajax-metrics.ts';
export { type DistinctSample, scaledDistincts } from './distincts.ts';
export { type EstimateOptions, estimatePlan } from './estimate-plan.ts';
export { type Bounds, type Figure, PROVENANCES, type Provenance } from './figure.ts';
export {
  mergeObservations,
  type Observation,
  type Observations,
  observationsOf,
} from './learn.ts';
export { withGroupsTold } from './learn-groups.ts';
export type { MeasuredNode, MeasuredPlan, MeasuredRun, SampledRun } from './measured.ts';
export { overlayMeasured } from './overlay-measured.ts';
export type {
  ColumnMetrics,
  NodeMetrics,
  PlanMetrics,
  QErrors,
  SampleDrawn,
} from './plan-metrics.ts';
export { qError } from './q-error.ts';
export { onTables, type Relation, relationsOf, withInputs } from './relations.ts';
export { scaleSample } from './scale-sample.ts';
export type { ColumnStatistics, TableLookup, TableStatistics } from './statistics.ts';
export { fixedBytes } from './widths.ts';
