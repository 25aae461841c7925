import { assertNever } from '@wavetune/core';
import type { Aggregate, Join, Node, Plan, Source, Union, Unnest } from '../nodes.ts';
import { schemaOf } from '../schema.ts';
import { isSameSchema } from '../types.ts';
import { definePass } from './pass.ts';
import { columnsIn } from './substitute.ts';

/** No node computes and no scan reads a column that nothing above it uses. */
export const pruneColumns = definePass('prune-columns', (plan) => prune(plan, namesOf(plan)));

type Names = ReadonlySet<string>;

/** The plan with `wanted` of its columns, in their order, and perhaps others. */
function prune(plan: Plan, wanted: Names): Plan {
  switch (plan.kind) {
    case 'scan':
      return changed(plan, { source: pruneSource(plan.source, wanted) });
    case 'filter':
      return onInput(plan, using(wanted, [plan.predicate]));
    case 'project': {
      const columns = kept(plan.columns, wanted, 1);
      return onInput(changed(plan, { columns }), using(new Set(), columns));
    }
    case 'extend': {
      const columns = kept(plan.columns, wanted, 0);
      const inner = using(wanted, columns);
      if (columns.length === 0) return prune(plan.input, inner);
      return onInput(changed(plan, { columns }), inner);
    }
    case 'window': {
      const columns = kept(plan.columns, wanted, 0);
      if (columns.length === 0) return prune(plan.input, wanted);
      const used = [...columns, ...plan.partitionBy, ...plan.orderBy];
      return onInput(changed(plan, { columns }), using(wanted, used));
    }
    case 'sort':
      return onInput(plan, using(wanted, plan.keys));
    case 'repartition':
      return onInput(plan, using(wanted, plan.by));
    case 'limit':
      return onInput(plan, wanted);
    case 'unnest':
      return pruneUnnest(plan, wanted);
    case 'aggregate':
      return pruneAggregate(plan, wanted);
    case 'join':
      return pruneJoin(plan, wanted);
    case 'union':
      return pruneUnion(plan, wanted);
    default:
      return assertNever(plan, 'plan node');
  }
}

function pruneSource(source: Source, wanted: Names): Source {
  if (!('columns' in source)) return source;
  const columns = kept(source.columns, wanted, 1);
  if (columns === source.columns) return source;
  if (source.format !== 'values') return { ...source, columns };
  const places = columns.map((column) => source.columns.indexOf(column));
  return { ...source, columns, rows: source.rows.map((row) => places.map((at) => row[at])) };
}

function pruneUnnest(plan: Unnest, wanted: Names): Plan {
  const { ordinality, ...rest } = plan;
  const numbered = ordinality === undefined || wanted.has(ordinality) ? plan : rest;
  return onInput(numbered, new Set([...wanted, plan.list]));
}

function pruneAggregate(plan: Aggregate, wanted: Names): Plan {
  const measures = kept(plan.measures, wanted, plan.groups.length > 0 ? 0 : 1);
  return onInput(changed(plan, { measures }), using(new Set(), [...plan.groups, ...measures]));
}

function pruneJoin(plan: Join, wanted: Names): Plan {
  const leftKeys = plan.on.map((pair) => pair.left);
  const rightKeys = plan.on.map((pair) => pair.right);
  const keepsRight = plan.how !== 'semi' && plan.how !== 'anti';
  return changed(plan, {
    left: prune(plan.left, using(wanted, leftKeys)),
    right: prune(plan.right, using(keepsRight ? wanted : new Set(), rightKeys)),
  });
}

/** The inputs of a union keep one schema: one that still has more than is wanted is cut to it. */
function pruneUnion(plan: Union, wanted: Names): Plan {
  const inputs = plan.inputs.map((input) => prune(input, wanted));
  if (inputs.every((input, i) => input === plan.inputs[i])) return plan;
  const schemas = inputs.map(schemaOf);
  if (schemas.every((schema) => isSameSchema(schema, schemas[0]))) return { ...plan, inputs };
  const names = schemaOf(plan.inputs[0]).flatMap(({ name }) => (wanted.has(name) ? [name] : []));
  if (names.length === 0) return plan;
  return { ...plan, inputs: inputs.map((input) => selected(input, names)) };
}

function selected(input: Plan, names: readonly string[]): Plan {
  const columns = names.map(
    (name) => ({ kind: 'named', name, expr: { kind: 'col', name } }) as const,
  );
  return { kind: 'project', input, columns };
}

/** Of `items` those that are wanted, at least `least` of them; the same array where that is all. */
function kept<T extends { readonly name: string }>(
  items: readonly T[],
  wanted: Names,
  least: number,
): readonly T[] {
  const found = items.filter(({ name }) => wanted.has(name));
  const enough = found.length >= least ? found : items.slice(0, least);
  return enough.length === items.length ? items : enough;
}

function using(wanted: Names, nodes: readonly Node[]): Names {
  return new Set([...wanted, ...nodes.flatMap(columnsIn)]);
}

function onInput<P extends Plan & { readonly input: Plan }>(plan: P, wanted: Names): P {
  return changed(plan, { input: prune(plan.input, wanted) } as Partial<P>);
}

/** The node with these fields; the same object where it has them already. */
function changed<N extends Node>(node: N, fields: Partial<N>): N {
  const isSame = Object.entries(fields).every(([key, value]) => node[key as keyof N] === value);
  return isSame ? node : { ...node, ...fields };
}

function namesOf(plan: Plan): Names {
  return new Set(schemaOf(plan).map(({ name }) => name));
}
