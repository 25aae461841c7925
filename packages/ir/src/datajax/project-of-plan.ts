import type { Named } from '../nodes.ts';
import type { Schema } from '../types.ts';
import { datajaxOfExpr } from './expr-of-plan.ts';
import type { DatajaxMap, DatajaxStep } from './trace.ts';

/**
 * The steps that turn rows of `schema` into these columns: a map for each that is computed, then a choice. A map may
 * overwrite what a later one reads, so where names clash the values are computed under names of their own first.
 */
export function projectSteps(
  columns: readonly Named[],
  schema: Schema,
  path: string,
): readonly DatajaxStep[] {
  const computed = columns.flatMap((column, i) =>
    isBare(column) ? [] : [mapStep(column, schema, `${path}.columns[${i}].expr`)],
  );
  const taken = new Set(schema.map(({ name }) => name.toLowerCase()));
  const clashes = computed.filter(({ output }) => taken.has(output.toLowerCase()));
  const names = columns.map(({ name }) => name);
  const isOne = computed.length === 1 && schema.some(({ name }) => name === computed[0].output);
  if (clashes.length === 0 || isOne) {
    const before = [
      ...schema.map(({ name }) => name),
      ...(clashes.length === 0 ? computed.map(({ output }) => output) : []),
    ];
    return [...computed, ...chosen(names, before)];
  }
  const own = freshNames(computed.length, taken);
  const kept = columns.filter(isBare).map(({ name }) => name);
  return [
    ...computed.map((step, i) => ({ ...step, output: own[i] })),
    { type: 'project', columns: [...kept, ...own] },
    ...computed.map(({ output }, i) => renameStep(output, own[i])),
    { type: 'project', columns: names },
  ];
}

export function mapStep({ name, expr }: Named, schema: Schema, path: string): DatajaxMap {
  return { type: 'map', output: name, expr: datajaxOfExpr(expr, { schema, path }) };
}

function renameStep(output: string, from: string): DatajaxMap {
  return { type: 'map', output, expr: { kind: 'col', name: from } };
}

function chosen(names: readonly string[], before: readonly string[]): readonly DatajaxStep[] {
  const isSame = names.length === before.length && names.every((name, i) => name === before[i]);
  return isSame ? [] : [{ type: 'project', columns: names }];
}

function isBare({ name, expr }: Named): boolean {
  return expr.kind === 'col' && expr.name === name;
}

function freshNames(count: number, taken: ReadonlySet<string>): readonly string[] {
  let prefix = 'new_';
  while ([...taken].some((name) => name.startsWith(prefix))) prefix += '_';
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}
