import type { Type } from '@wavetune/ir';
import { CLICKHOUSE_FUNCTIONS } from './clickhouse-functions.ts';
import { clickhouseParseJson } from './clickhouse-json.ts';
import { CLICKHOUSE_SOURCES } from './clickhouse-sources.ts';
import {
  clickhouseCast,
  clickhouseIdentifier,
  clickhouseIsNull,
  clickhouseLiteral,
  clickhouseNull,
  clickhouseTypeName,
  flagged,
  isFlagged,
  itemsOf,
  narrowed,
  widened,
} from './clickhouse-spelling.ts';
import { type Dialect, type EmitWindow, joinKeyName, type OrderKey } from './dialect.ts';

/** What every query is sent with: nulls as SQL has them, times in UTC, exact numbers, and plans of any size. */
export const CLICKHOUSE_SESSION: Readonly<Record<string, string | number>> = {
  join_use_nulls: 1,
  session_timezone: 'UTC',
  precise_float_parsing: 1,
  enable_positional_arguments: 1,
  short_circuit_function_evaluation: 'force_enable',
  max_query_size: 1_000_000_000,
  max_subquery_depth: 10_000,
  max_parser_depth: 10_000,
  max_ast_depth: 100_000,
  max_ast_elements: 10_000_000,
  max_expanded_ast_elements: 10_000_000,
  output_format_arrow_compression_method: 'none',
  output_format_arrow_string_as_string: 1,
};

/** Over all rows of the partition: the frame that ends at the row hides the one behind it. */
const neighbour =
  (name: string): EmitWindow =>
  ([value], over, result) => {
    const there = isFlagged(result) ? value : `CAST(${value} AS ${clickhouseTypeName(result)})`;
    return `${name}(${there}) OVER (${over} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)`;
  };

/**
 * ClickHouse from 24.3 on under {@link CLICKHOUSE_SESSION}. Lists and structs come flagged (see `clickhouseTypeName`).
 * `repartition` changes nothing: a server spreads its work itself.
 */
export const clickhouse: Dialect = {
  name: 'ClickHouse',
  identifier: clickhouseIdentifier,
  literal: clickhouseLiteral,
  stepHint: '',
  qualifiesColumns: true,
  joinKey: oneNumber,
  /** A constant is no column until it is materialised. */
  keyedJoinInput: (step, keys) => {
    const columns = keys.map((key, i) => `materialize(${key}) AS ${joinKeyName(i)}`);
    return `SELECT *, ${columns.join(', ')} FROM ${step}`;
  },
  joinedColumn: (column, type) =>
    isFlagged(type) ? `ifNull(${column}, ${clickhouseNull(type)})` : column,
  joins: {
    inner: 'INNER',
    left: 'LEFT',
    right: 'RIGHT',
    full: 'FULL',
    semi: 'LEFT SEMI',
    anti: 'LEFT ANTI',
  },
  groupKey: oneNumber,
  orderTerms: orderTerm,
  cast: clickhouseCast,
  field: (of, name, { fields }) =>
    `tupleElement(tupleElement(${of}, 2), ${fields.findIndex((field) => field.name === name) + 1})`,
  parseJson: clickhouseParseJson,
  unnest: ({ list, itemName }) => ({
    item: itemName,
    ordinality: 'CAST(wt_at AS Nullable(Int64))',
    from: ` ARRAY JOIN ${itemsOf(list)} AS ${itemName}, arrayEnumerate(${itemsOf(list)}) AS wt_at`,
  }),
  repartition: (from) => `SELECT * ${from}`,
  /** A condition is a number to ClickHouse, and a value that is never null has a type of its own. */
  output: (column, type) =>
    isFlagged(type) ? column : `CAST(${column} AS ${clickhouseTypeName(type)}) AS ${column}`,
  sources: CLICKHOUSE_SOURCES,
  functions: CLICKHOUSE_FUNCTIONS,
  aggregates: {
    count: ([value]) => `toInt64(count(${value ?? ''}))`,
    count_distinct: ([value]) => `toInt64(count(DISTINCT ${value}))`,
    sum: ([value], _keys, result) => narrowed(`sum(${widened(value, result)})`, result),
    min: ([value], _keys, result) => extremeOf(value, result, 'min'),
    max: ([value], _keys, result) => extremeOf(value, result, 'max'),
    mean: ([value]) => `avg(toFloat64(${value}))`,
    first: ([value], keys) =>
      keys.length === 0
        ? `tupleElement(any(tuple(${value})), 1)`
        : `tupleElement(argMin(tuple(${value}), ${ascending(keys)}), 1)`,
    list: ([value], keys, result) => {
      const rows = `groupArray((${keys.length === 0 ? '0' : ascending(keys)}, tuple(${value})))`;
      const sorted = keys.length === 0 ? rows : `arraySort(wt_x -> tupleElement(wt_x, 1), ${rows})`;
      const items = `arrayMap(wt_x -> tupleElement(tupleElement(wt_x, 2), 1), ${sorted})`;
      return flagged(items, 'count() = 0', result);
    },
  },
  windows: {
    row_number: (_args, over) => `toInt64(row_number() OVER (${over}))`,
    lag: neighbour('lagInFrame'),
    lead: neighbour('leadInFrame'),
    sum: ([value], over, result) => {
      const frame = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW';
      return narrowed(`sum(${widened(value, result)}) OVER (${over} ${frame})`, result);
    },
  },
};

/** One NaN and one zero, since ClickHouse puts together what has the same bits. */
function oneNumber(value: string, { kind }: Type): string {
  return kind === 'f64'
    ? `if(isNaN(${value}), CAST('nan' AS Nullable(Float64)), ${value} + 0)`
    : value;
}

function orderTerm({ sql, type, order, nulls }: OrderKey): string {
  const how = `${order.toUpperCase()} NULLS ${nulls.toUpperCase()}`;
  return type.kind === 'f64' ? `isNaN(${sql}) ${how}, ${sql} ${how}` : `${sql} ${how}`;
}

function extremeOf(value: string, type: Type, which: 'min' | 'max'): string {
  if (type.kind === 'bool')
    return `CAST(${which}(toUInt8(${value})) AS ${clickhouseTypeName(type)})`;
  if (type.kind !== 'f64') return `${which}(${value})`;
  const numbers = `${which}If(${value}, NOT isNaN(${value}))`;
  const nans = `countIf(isNaN(${value}))`;
  const nan = `CAST('nan' AS ${clickhouseTypeName(type)})`;
  const isNan = which === 'max' ? `${nans} > 0` : `${nans} > 0 AND ${nans} = count(${value})`;
  return `if(${isNan}, ${nan}, ${numbers})`;
}

/** A tuple without nulls that ascends as the keys do, for functions that know no order but that. */
function ascending(keys: readonly OrderKey[]): string {
  const parts = keys.flatMap(({ sql, type, order, nulls }) => {
    const isNull = clickhouseIsNull(sql, type);
    const flag = nulls === 'last' ? isNull : `NOT ${isNull}`;
    return [flag, ...(order === 'asc' ? rising(sql, type) : falling(sql, type))];
  });
  return `tuple(${parts.join(', ')})`;
}

function rising(sql: string, { kind }: Type): readonly string[] {
  if (kind === 'text') return [`ifNull(${sql}, '')`];
  if (kind !== 'f64') return [`toInt128(ifNull(${sql}, 0))`];
  return [`ifNull(isNaN(${sql}), 0)`, `if(ifNull(isNaN(${sql}), 1), 0, assumeNotNull(${sql}))`];
}

/** Numbers are negated. Of text every digit of its bytes is, and an end is above all of them. */
function falling(sql: string, type: Type): readonly string[] {
  if (type.kind !== 'text') return rising(sql, type).map((part) => `-(${part})`);
  const digits = `translate(hex(ifNull(${sql}, '')), '0123456789ABCDEF', 'FEDCBA9876543210')`;
  return [`concat(${digits}, 'G')`];
}
