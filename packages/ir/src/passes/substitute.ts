import { childrenOf, rewriteUp } from '../children.ts';
import type { Expr, Named, Node } from '../nodes.ts';

/** The columns that a node's expressions name, each as often as it is named; `node` holds no relation. */
export function columnsIn(node: Node): readonly string[] {
  return node.kind === 'col' ? [node.name] : childrenOf(node).flatMap(columnsIn);
}

/** The expression with each column replaced by what `columns` computes under that name. */
export function substitute<N extends Expr>(expr: N, columns: readonly Named[]): Expr {
  const byName = new Map(columns.map(({ name, expr: value }) => [name, value]));
  return rewriteUp<Expr>(expr, (node) =>
    node.kind === 'col' ? (byName.get(node.name) ?? node) : node,
  );
}

/** True where no computation of `columns` would be repeated by writing it wherever `used` names it. */
export function isCheapToInline(columns: readonly Named[], used: readonly string[]): boolean {
  return columns.every(({ name, expr }) => {
    if (expr.kind === 'col' || expr.kind === 'lit') return true;
    return used.filter((column) => column === name).length <= 1;
  });
}
