import type { Type } from '@wavetune/ir';
import type { Dialect, EmitWindow, OrderKey } from './dialect.ts';
import { DUCKDB_FUNCTIONS } from './duckdb-functions.ts';
import { DUCKDB_SOURCES } from './duckdb-sources.ts';
import { duckdbIdentifier, duckdbLiteral, duckdbText, duckdbTypeName } from './duckdb-spelling.ts';

const overPartition =
  (name: string): EmitWindow =>
  ([value = ''], over) =>
    `${name}(${value}) OVER (${over})`;

function orderTerm({ sql, order, nulls }: OrderKey): string {
  return `${sql} ${order.toUpperCase()} NULLS ${nulls.toUpperCase()}`;
}

function ordered(keys: readonly OrderKey[]): string {
  return keys.length === 0 ? '' : ` ORDER BY ${keys.map(orderTerm).join(', ')}`;
}

/** DuckDB 1.5, with `TimeZone` set to UTC. It runs on one machine, so `repartition` changes nothing. */
export const duckdb: Dialect = {
  name: 'DuckDB',
  identifier: duckdbIdentifier,
  literal: duckdbLiteral,
  stepHint: 'NOT MATERIALIZED ',
  qualifiesColumns: false,
  joinKey: (value) => value,
  joinedColumn: (column) => column,
  joins: { inner: 'INNER', left: 'LEFT', right: 'RIGHT', full: 'FULL', semi: 'SEMI', anti: 'ANTI' },
  groupKey: (value) => value,
  orderTerms: orderTerm,
  cast: (of, _from, to, mode) =>
    `${mode === 'try' ? 'TRY_CAST' : 'CAST'}(${of} AS ${duckdbTypeName(to)})`,
  /** DuckDB forgets the type of a field of a constant null. */
  field: (of, name, _struct, type) =>
    `CAST(struct_extract(${of}, ${duckdbText(name)}) AS ${duckdbTypeName(type)})`,
  parseJson: (text, type) =>
    `TRY(from_json(${text}, ${duckdbText(JSON.stringify(jsonShape(type)))}))`,
  unnest: ({ list }) => ({
    item: `unnest(${list})`,
    ordinality: `generate_subscripts(${list}, 1)`,
    from: '',
  }),
  repartition: (from) => `SELECT * ${from}`,
  output: (column) => column,
  sources: DUCKDB_SOURCES,
  functions: DUCKDB_FUNCTIONS,
  aggregates: {
    count: ([value = '*']) => `count(${value})`,
    count_distinct: ([value]) => `count(DISTINCT ${value})`,
    sum: ([value], _keys, result) => `CAST(sum(${value}) AS ${duckdbTypeName(result)})`,
    min: ([value]) => `min(${value})`,
    max: ([value]) => `max(${value})`,
    mean: ([value]) => `avg(${value})`,
    first: ([value], keys) => `first(${value}${ordered(keys)})`,
    list: ([value], keys) => `list(${value}${ordered(keys)})`,
  },
  windows: {
    row_number: overPartition('row_number'),
    lag: overPartition('lag'),
    lead: overPartition('lead'),
    sum: ([value], over, result) =>
      `CAST(sum(${value}) OVER (${over} ROWS UNBOUNDED PRECEDING) AS ${duckdbTypeName(result)})`,
  },
};

/** The structure that `from_json` takes: type names, `[item]`, `{field: …}`. */
function jsonShape(type: Type): unknown {
  if (type.kind === 'list') return [jsonShape(type.item)];
  if (type.kind === 'struct') {
    return Object.fromEntries(type.fields.map((field) => [field.name, jsonShape(field.type)]));
  }
  return duckdbTypeName(type);
}
