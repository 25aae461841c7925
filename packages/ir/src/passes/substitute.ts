import { childrenOf, rewriteUp } from '../children.ts';
import type { Expr, Named, Node } from '../nodes.ts';

/** The columns that a node's expressions name, each as often as it is named; `node` holds no relation. */
export function columnsIn(node: Node): readonly string[] {
  return node.kind === 'col' ? [node.name] : childrenOf(node).flatMap(columnsIn);
}

/** What columns compute, by their names. */
export type Computed = ReadonlyMap<string, Expr>;

export function computedBy(columns: readonly Named[]): Computed {
  return new Map(columns.map(({ name, expr }) => [name, expr]));
}

/** The expression with each column replaced by what is computed under its name; the same object where that is itself. */
export function substitute(expr: Expr, computed: Computed): Expr {
  return rewriteUp<Expr>(expr, (node) => {
    if (node.kind !== 'col') return node;
    const value = computed.get(node.name);
    return value === undefined || (value.kind === 'col' && value.name === node.name) ? node : value;
  });
}

/** True where no computation of `columns` would be repeated by writing it wherever `used` names it. */
export function isCheapToInline(columns: readonly Named[], used: readonly string[]): boolean {
  return columns.every(({ name, expr }) => {
    if (expr.kind === 'col' || expr.kind === 'lit') return true;
    return used.filter((column) => column === name).length <= 1;
  });
}
