import { nestsTooDeep } from './nesting.ts';
import type { Plan } from './nodes.ts';
import { dropRepartitions } from './passes/drop-repartitions.ts';
import { foldConstants } from './passes/fold-constants.ts';
import { mergeFilters } from './passes/merge-filters.ts';
import { mergeProjects } from './passes/merge-projects.ts';
import type { Pass } from './passes/pass.ts';
import { pruneColumns } from './passes/prune-columns.ts';
import { pushFilters } from './passes/push-filters.ts';
import { verifyPlan } from './schema.ts';

/** In the order in which they help one another. */
export const PASSES: readonly Pass[] = [
  foldConstants,
  pushFilters,
  mergeFilters,
  mergeProjects,
  pruneColumns,
  dropRepartitions,
];

/**
 * The plan after every pass, verified after each; the same object where none changes it. A pass that would nest a plan
 * too deep, as substituting a long chain of projections may, is left out.
 */
export function optimizePlan(plan: Plan): Plan {
  return PASSES.reduce((current, pass) => {
    const next = pass.apply(current);
    return next === current || nestsTooDeep(next) ? current : verifyPlan(next);
  }, verifyPlan(plan));
}
