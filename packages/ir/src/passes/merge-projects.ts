import { rewriteUp } from '../children.ts';
import type { Extend, Named, Project } from '../nodes.ts';
import { createSchemaOf } from '../schema.ts';
import type { Schema } from '../types.ts';
import { definePass } from './pass.ts';
import { columnsIn, computedBy, isCheapToInline, substitute } from './substitute.ts';

/**
 * `project(project(x, a), b)` is `project(x, b ∘ a)`, `project(extend(x, a), b)` likewise, and `extend(extend(x, a), b)`
 * is `extend(x, a, b ∘ a)`; left alone where that would compute something twice. A projection to what its input has anyway,
 * in the same order, is its input.
 */
export const mergeProjects = definePass('merge-projects', (plan) => {
  const schemaOf = createSchemaOf();
  return rewriteUp(plan, (node) => {
    if (node.kind === 'extend') return mergeExtend(node);
    if (node.kind !== 'project') return node;
    const merged = mergeProject(node);
    return isSelection(merged.columns, schemaOf(merged.input)) ? merged.input : merged;
  });
});

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

/** True where these are the columns of `schema`, all of them, as they are. */
function isSelection(columns: readonly Named[], schema: Schema): boolean {
  return (
    columns.length === schema.length &&
    columns.every(({ name, expr }, i) => {
      return expr.kind === 'col' && expr.name === name && name === schema[i].name;
    })
  );
}

function composed(outer: readonly Named[], inner: readonly Named[]): readonly Named[] {
  const computed = computedBy(inner);
  return outer.map((column) => ({ ...column, expr: substitute(column.expr, computed) }));
}
