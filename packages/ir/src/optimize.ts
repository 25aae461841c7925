import { nestsTooDeep } from './nesting.ts';
import type { Plan } from './nodes.ts';
import { dropRepartitions } from './passes/drop-repartitions.ts';
import { foldConstants } from './passes/fold-constants.ts';
import { mergeFilters } from './passes/merge-filters.ts';
import { mergeProjects } from './passes/merge-projects.ts';
import type { Pass } from './passes/pass.ts';
import { pruneColumns } from './passes/prune-columns.ts';
import { pushFilters } from './passes/push-filters.ts';
import { pushToParquet } from './passes/push-to-parquet.ts';
import { createSchemaOf, verifyPlan } from './schema.ts';

/** In the order in which they help one another. */
export const PASSES: readonly Pass[] = [
  foldConstants,
  mergeFilters,
  pushFilters,
  pruneColumns,
  mergeProjects,
  dropRepartitions,
  pushToParquet,
];

/** A pass, and the plan behind it: the same object as before it where it changed nothing. */
export interface PassStep {
  readonly pass: string;
  readonly plan: Plan;
}

/**
 * The plan after every pass, verified after each; the same object where none changes it. A pass that would nest a plan
 * too deep, as substituting a long chain of projections may, is left out.
 */
export function optimizePlan(plan: Plan): Plan {
  return optimizeInSteps(plan).at(-1)?.plan ?? plan;
}

/** As {@link optimizePlan}, and tells the plan behind each pass, in their order. */
export function optimizeInSteps(plan: Plan): readonly PassStep[] {
  let current = verifyPlan(plan);
  const verifyNew = createSchemaOf();
  return PASSES.map(({ name, rewrite }) => {
    const next = rewrite(current);
    if (next !== current && !nestsTooDeep(next)) {
      verifyNew(next);
      current = next;
    }
    return { pass: name, plan: current };
  });
}
