export {
  type Binding,
  type BoundPlan,
  bindPlan,
  requireBound,
  type TableFiles,
} from './bind-plan.ts';
export { type CostOptions, costPlan } from './cost-plan.ts';
export { bytesText, countText, qErrorLines, sampleLines } from './figure-text.ts';
export { filesIn } from './leaves.ts';
export { type InputFile, inputFilesOf, metricsFileOf } from './metrics-file.ts';
export { movementsOf, type PlanMovement } from './movements.ts';
export { isPlanFile, type PlanFile, readPlanFile } from './plan-file.ts';
export {
  COST_OPTIONS,
  costOptionsOf,
  faultOfPlanOptions,
  pathsRead,
  type RawCostOptions,
  type RawTableOptions,
  TABLE_OPTIONS,
  tableFilesOf,
} from './plan-options.ts';
