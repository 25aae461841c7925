import type { Plan } from '../nodes.ts';

/**
 * A rewriting of plans: the schema and the rows stay, and a plan that it does not change comes back as the same object.
 *
 * As in SQL, an expression that can fail (overflow, a strict cast) may be evaluated on more or fewer rows than before.
 */
export interface Pass {
  readonly name: string;
  apply(plan: Plan): Plan;
}
