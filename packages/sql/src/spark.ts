import type { Type } from '@wavetune/ir';
import type { Dialect, EmitAggregate, OrderKey } from './dialect.ts';
import { SPARK_FUNCTIONS } from './spark-functions.ts';
import { sparkField, sparkParseJson } from './spark-json.ts';
import { SPARK_SOURCES } from './spark-sources.ts';
import {
  sparkCast,
  sparkIdentifier,
  sparkLiteral,
  sparkTypeName,
  sparkU64,
} from './spark-spelling.ts';

/** What a session is set to: SQL's own rules of overflow and division, and times in UTC. */
export const SPARK_SESSION: Readonly<Record<string, string>> = {
  'spark.sql.ansi.enabled': 'true',
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.caseSensitive': 'false',
};

/**
 * Spark 4 under {@link SPARK_SESSION}. u64 is a decimal of 20 digits. `repartition` spreads by its values over as many parts
 * as the session shuffles into; copying to every part is left to Spark's own choice.
 */
export const spark: Dialect = {
  name: 'Spark',
  identifier: sparkIdentifier,
  literal: sparkLiteral,
  stepHint: '',
  qualifiesColumns: true,
  joinKey: (value) => value,
  joinedColumn: (column) => column,
  joins: {
    inner: 'INNER',
    left: 'LEFT',
    right: 'RIGHT',
    full: 'FULL',
    semi: 'LEFT SEMI',
    anti: 'LEFT ANTI',
  },
  groupKey: (value) => value,
  orderTerms: ({ sql, order, nulls }) =>
    `${sql} ${order.toUpperCase()} NULLS ${nulls.toUpperCase()}`,
  cast: sparkCast,
  field: sparkField,
  parseJson: sparkParseJson,
  unnest: ({ list }) => ({
    item: 'wt_u.wt_item',
    ordinality: 'CAST(wt_u.wt_at + 1 AS BIGINT)',
    from: ` LATERAL VIEW posexplode(${list}) wt_u AS wt_at, wt_item`,
  }),
  repartition: (from, by) =>
    `SELECT * ${from}${by.length === 0 ? '' : ` DISTRIBUTE BY ${by.join(', ')}`}`,
  output: (column) => column,
  sources: SPARK_SOURCES,
  functions: SPARK_FUNCTIONS,
  aggregates: {
    count: ([value = '*']) => `count(${value})`,
    count_distinct: ([value]) => `count(DISTINCT ${value})`,
    sum: ([value], _keys, result) => summed(`sum(${value})`, result),
    min: ([value]) => `min(${value})`,
    max: ([value]) => `max(${value})`,
    mean: ([value]) => `avg(CAST(${value} AS DOUBLE))`,
    first: (args, keys) => `get(${sortedRows(args, keys)}, 0).v`,
    list: (args, keys) => {
      const rows = sortedRows(args, keys);
      return `nullif(transform(${rows}, wt_x -> wt_x.v), array())`;
    },
  },
  windows: {
    row_number: (_args, over) => `CAST(row_number() OVER (${over}) AS BIGINT)`,
    lag: ([value], over) => `lag(${value}) OVER (${over})`,
    lead: ([value], over) => `lead(${value}) OVER (${over})`,
    sum: ([value], over, result) =>
      summed(`sum(${value}) OVER (${over} ROWS UNBOUNDED PRECEDING)`, result),
  },
};

function summed(sum: string, result: Type): string {
  return result.kind === 'u64' ? sparkU64(sum) : `CAST(${sum} AS ${sparkTypeName(result)})`;
}

/** A group's rows as structs, `v` the value, in the order of the keys. */
function sortedRows([value]: Parameters<EmitAggregate>[0], keys: readonly OrderKey[]): string {
  const parts = [`${value} AS v`, ...keys.map(({ sql }, i) => `${sql} AS k${i}`)];
  const rows = `collect_list(struct(${parts.join(', ')}))`;
  if (keys.length === 0) return rows;
  const branches = keys.map(({ order, nulls }, i) => {
    const [l, r] = [`wt_l.k${i}`, `wt_r.k${i}`];
    const less = order === 'asc' ? -1 : 1;
    const isNullFirst = nulls === 'first' ? -1 : 1;
    return [
      `WHEN ${l} IS NULL AND ${r} IS NOT NULL THEN ${isNullFirst}`,
      `WHEN ${l} IS NOT NULL AND ${r} IS NULL THEN ${-isNullFirst}`,
      `WHEN ${l} < ${r} THEN ${less} WHEN ${l} > ${r} THEN ${-less}`,
    ].join(' ');
  });
  return `array_sort(${rows}, (wt_l, wt_r) -> CASE ${branches.join(' ')} ELSE 0 END)`;
}
