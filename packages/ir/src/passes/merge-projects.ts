import { rewriteUp } from '../children.ts';
import type { Node, Project } from '../nodes.ts';
import type { Pass } from './pass.ts';
import { columnsIn, isCheapToInline, substitute } from './substitute.ts';

/** `project(project(x, a), b)` is `project(x, b ∘ a)`; left alone where that would compute something twice. */
export const mergeProjects: Pass = {
  name: 'merge-projects',
  apply: (plan) => rewriteUp(plan, mergeProject),
};

function mergeProject(node: Node): Node {
  if (node.kind !== 'project' || node.input.kind !== 'project') return node;
  const inner: Project = node.input;
  if (!isCheapToInline(inner.columns, node.columns.flatMap(columnsIn))) return node;
  const columns = node.columns.map((column) => ({
    ...column,
    expr: substitute(column.expr, inner.columns),
  }));
  return { kind: 'project', input: inner.input, columns };
}
