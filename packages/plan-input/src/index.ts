export {
  type Binding,
  type BoundPlan,
  bindPlan,
  requireBound,
  type TableFiles,
} from './bind-plan.ts';
export { type CostOptions, costPlan } from './cost-plan.ts';
export { movementsOf, type PlanMovement } from './movements.ts';
export { isPlanFile, type PlanFile, readPlanFile } from './plan-file.ts';
export { parseRhs } from './plan-options.ts';
