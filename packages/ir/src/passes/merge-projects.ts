import { rewriteUp } from '../children.ts';
import type { Extend, Named, Node, Project } from '../nodes.ts';
import { definePass } from './pass.ts';
import { columnsIn, computedBy, isCheapToInline, substitute } from './substitute.ts';

/**
 * `project(project(x, a), b)` is `project(x, b ∘ a)`, `project(extend(x, a), b)` likewise, and `extend(extend(x, a), b)`
 * is `extend(x, a, b ∘ a)`; left alone where that would compute something twice.
 */
export const mergeProjects = definePass('merge-projects', (plan) => rewriteUp(plan, mergeNode));

function mergeNode(node: Node): Node {
  if (node.kind === 'project') return mergeProject(node);
  return node.kind === 'extend' ? mergeExtend(node) : node;
}

function mergeProject(node: Project): Project {
  const inner = node.input;
  if (inner.kind !== 'project' && inner.kind !== 'extend') return node;
  if (!isCheapToInline(inner.columns, node.columns.flatMap(columnsIn))) return node;
  return { ...node, input: inner.input, columns: composed(node.columns, inner.columns) };
}

/** The lower columns stay computed, so that whatever of them the upper ones name must cost nothing. */
function mergeExtend(node: Extend): Extend {
  const inner = node.input;
  if (inner.kind !== 'extend') return node;
  const used = new Set(node.columns.flatMap(columnsIn));
  const named = inner.columns.filter(({ name }) => used.has(name));
  if (named.some(({ expr }) => expr.kind !== 'col' && expr.kind !== 'lit')) return node;
  const columns = [...inner.columns, ...composed(node.columns, inner.columns)];
  return { ...node, input: inner.input, columns };
}

function composed(outer: readonly Named[], inner: readonly Named[]): readonly Named[] {
  const computed = computedBy(inner);
  return outer.map((column) => ({ ...column, expr: substitute(column.expr, computed) }));
}
