import type { FunctionName } from '@wavetune/ir';
import type { Emit } from './dialect.ts';
import { duckdbTypeName } from './duckdb-spelling.ts';

const infix =
  (operator: string): Emit =>
  (args) =>
    `(${args.join(` ${operator} `)})`;

const named =
  (name: string): Emit =>
  (args) =>
    `${name}(${args.join(', ')})`;

/** Every function of the plan language in DuckDB's SQL; a new one does not compile until it is spelled here. */
export const DUCKDB_FUNCTIONS: Readonly<Record<FunctionName, Emit>> = {
  eq: infix('='),
  ne: infix('<>'),
  lt: infix('<'),
  le: infix('<='),
  gt: infix('>'),
  ge: infix('>='),
  is_null: ([a]) => `(${a} IS NULL)`,
  is_not_distinct: infix('IS NOT DISTINCT FROM'),
  and: infix('AND'),
  or: infix('OR'),
  not: ([a]) => `(NOT ${a})`,
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: (args, _types, result) => infix(result.kind === 'f64' ? '/' : '//')(args, [], result),
  mod: infix('%'),
  floor: named('floor'),
  exp2: ([x]) => `pow(2.0::DOUBLE, ${x})`,
  is_nan: named('isnan'),
  least: named('least'),
  greatest: named('greatest'),
  coalesce: named('coalesce'),
  length: named('length'),
  starts_with: named('starts_with'),
  substring: named('substring'),
  concat: infix('||'),
  split: named('string_split'),
  regex_match: named('regexp_matches'),
  lower: named('lower'),
  trim: named('trim'),
  parse_hex: ([text]) =>
    `TRY_CAST('0x' || regexp_extract(${text}, '^(?:0[xX])?0*([0-9a-fA-F]+)$', 1) AS UBIGINT)`,
  parse_time_ms: ([text]) => `(epoch_us(TRY_CAST(${text} AS TIMESTAMPTZ)) / 1000)`,
  list: named('list_value'),
  list_length: named('len'),
  list_get: named('list_extract'),
  list_slice: ([list, from, count]) => `list_slice(${list}, ${from}, ${from} + ${count} - 1)`,
  list_contains: named('list_contains'),
  list_min: named('list_min'),
  list_max: named('list_max'),
  list_has_null: ([list]) => `(list_count(${list}) < len(${list}))`,
  list_sum: ([list], _types, result) => `CAST(list_sum(${list}) AS ${duckdbTypeName(result)})`,
  /** DuckDB forgets the type of `NULL || list`. */
  list_concat: (args, _types, result) => `CAST(${args.join(' || ')} AS ${duckdbTypeName(result)})`,
};
