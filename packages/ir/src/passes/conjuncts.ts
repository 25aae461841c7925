import type { Expr } from '../nodes.ts';

/** What must all be true for the predicate to be true; never nested `and`s, so merging does not deepen a plan. */
export function conjunctsOf(predicate: Expr): readonly Expr[] {
  const isAnd = predicate.kind === 'call' && predicate.fn === 'and';
  return isAnd ? predicate.args.flatMap(conjunctsOf) : [predicate];
}

/** One predicate of one or more. */
export function conjunction(conjuncts: readonly Expr[]): Expr {
  const [first] = conjuncts;
  return conjuncts.length === 1 ? first : { kind: 'call', fn: 'and', args: conjuncts };
}
