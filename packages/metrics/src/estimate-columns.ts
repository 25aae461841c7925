import type { Named, Plan } from '@wavetune/ir';
import { estimateExpr } from './estimate-expr.ts';
import { bytesSeen, type Observation } from './learn.ts';
import {
  type ColumnEstimate,
  columnEstimate,
  type RelationEstimate,
  thinned,
} from './relation-estimate.ts';
import type { Relation } from './relations.ts';
import type { ColumnStatistics } from './statistics.ts';

type Columns = ReadonlyMap<string, ColumnEstimate>;
type Known = readonly (readonly [string, ColumnStatistics])[];

/**
 * What is believed of a relation's columns, in the order of its schema: what its inputs' columns were, new ones by their
 * type; widths that a run showed beat both.
 */
export function estimateColumns(
  relation: Relation,
  {
    inputs,
    rows,
    seen,
  }: {
    readonly inputs: readonly RelationEstimate[];
    readonly rows: number;
    readonly seen: Observation | undefined;
  },
): RelationEstimate {
  const known = carried(relation.node, inputs, rows);
  const columns = relation.schema.map((field) => {
    const column = columnEstimate(field, known.get(field.name));
    const bytes = seen && bytesSeen(seen, field.name);
    return [field.name, bytes === undefined ? column : { ...column, bytes }] as const;
  });
  return { rows, columns: new Map(columns) };
}

/** What is known of columns from below, by their name above. */
function carried(
  node: Plan,
  inputs: readonly RelationEstimate[],
  rows: number,
): ReadonlyMap<string, ColumnStatistics> {
  const below: Columns = new Map(inputs.flatMap((input) => remaining(node, input, rows)));
  switch (node.kind) {
    case 'project':
      return new Map(named(node.columns, below));
    case 'extend':
      return new Map([...below, ...named(node.columns, below)]);
    case 'aggregate': {
      const extremes = node.measures.flatMap(({ name, fn, args: [expr] }) =>
        fn === 'min' || fn === 'max' || fn === 'first' ? [{ name, expr }] : [],
      );
      return new Map([...named(node.groups, below), ...named(extremes, below)]);
    }
    case 'union':
      return united(inputs);
    default:
      return below;
  }
}

/** An aggregate sees every value of its input; of other relations with fewer rows, some of their input's are gone. */
function remaining(
  node: Plan,
  input: RelationEstimate,
  rows: number,
): readonly (readonly [string, ColumnEstimate])[] {
  if (node.kind === 'aggregate') return [...input.columns];
  return [...input.columns].map(
    ([name, column]) => [name, thinned(column, input.rows, rows)] as const,
  );
}

function named(columns: readonly Pick<Named, 'name' | 'expr'>[], below: Columns): Known {
  return columns.map(({ name, expr }) => [name, estimateExpr(expr, below)] as const);
}

/** Widths by the inputs' rows; no more is claimed of a union. */
function united(inputs: readonly RelationEstimate[]): Columns {
  const rows = inputs.reduce((sum, input) => sum + input.rows, 0);
  const names = [...(inputs[0]?.columns.keys() ?? [])];
  const mean = (name: string): number =>
    inputs.reduce((sum, input) => sum + input.rows * (input.columns.get(name)?.bytes ?? 0), 0) /
    rows;
  return new Map(rows === 0 ? [] : names.map((name) => [name, { bytes: mean(name) }]));
}
