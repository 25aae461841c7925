import { checkNesting } from '../nesting.ts';
import type { Plan } from '../nodes.ts';

/**
 * A rewriting of plans: the schema and the rows stay, and a plan that it does not change comes back as the same object.
 *
 * As in SQL, an expression that can fail (overflow, a strict cast) may be evaluated on more or fewer rows than before.
 */
export interface Pass {
  readonly name: string;
  /** @throws WavetuneError `ir.too-deep` */
  apply(plan: Plan): Plan;
  /** As `apply`, of a plan that is known not to nest too deep. */
  rewrite(plan: Plan): Plan;
}

/** A pass whose rewriting may recurse: it never sees a plan that nests too deep. */
export function definePass(name: string, rewrite: (plan: Plan) => Plan): Pass {
  return {
    name,
    rewrite,
    apply: (plan) => {
      checkNesting(plan);
      return rewrite(plan);
    },
  };
}
