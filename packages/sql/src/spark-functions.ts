import type { FunctionName } from '@wavetune/ir';
import type { Emit } from './dialect.ts';
import { sparkLet, sparkTypeName, sparkU64 } from './spark-spelling.ts';

const infix =
  (operator: string): Emit =>
  (args) =>
    `(${args.join(` ${operator} `)})`;

const named =
  (name: string): Emit =>
  (args) =>
    `${name}(${args.join(', ')})`;

/** Overflow of bigint fails by itself in ANSI mode; decimals are wider than u64 and are brought back into its range. */
const arithmetic =
  (operator: string): Emit =>
  (args, _types, result) => {
    const value = `(${args.join(` ${operator} `)})`;
    return result.kind === 'u64' ? sparkU64(value) : value;
  };

const extreme =
  (name: string): Emit =>
  (args) =>
    args.length === 1 ? args[0] : `${name}(${args.join(', ')})`;

/** Positions and counts of Spark's functions are of 32 bits. */
const int = (value: string): string => `CAST(least(${value}, 2147483647L) AS INT)`;

/** IEEE 754, where ANSI mode would fail. */
const divideFloats = (a: string, b: string): string =>
  sparkLet(`struct(${a} AS a, ${b} AS b)`, (v) =>
    [
      `CASE WHEN ${v}.b <> 0D THEN ${v}.a / ${v}.b WHEN ${v}.a IS NULL OR ${v}.b IS NULL THEN NULL`,
      `WHEN ${v}.a = 0D OR ${v}.a = double('NaN') THEN double('NaN')`,
      `WHEN (${v}.a > 0D) = (CAST(${v}.b AS STRING) = '0.0') THEN double('Infinity')`,
      `ELSE double('-Infinity') END`,
    ].join(' '),
  );

/** The quotient of decimals is rounded, the remainder is not. */
const divideU64 = (a: string, b: string): string =>
  sparkLet(
    `struct(${a} AS a, nullif(${b}, 0) AS b)`,
    (v) => `CAST((${v}.a - ${v}.a % ${v}.b) / ${v}.b AS DECIMAL(20,0))`,
  );

/** `floor` answers a bigint, which large numbers do not fit; from 2^52 on a double is whole. */
const floorOf = (x: string): string =>
  sparkLet(
    x,
    (v) => `CASE WHEN abs(${v}) < 4503599627370496D THEN CAST(floor(${v}) AS DOUBLE) ELSE ${v} END`,
  );

const HEX = `'^(?:0[xX])?0*([0-9a-fA-F]{1,16})\\\\z'`;

/** Spark takes `yesterday`, and a time without a date as today's: what a log says must not depend on the day it is read. */
const DATED = `'^(\\\\s*\\\\d{4,}-\\\\d+-\\\\d.*)'`;

/** Every function of the plan language in Spark's SQL, ANSI mode; a new one does not compile until it is spelled here. */
export const SPARK_FUNCTIONS: Readonly<Record<FunctionName, Emit>> = {
  eq: infix('='),
  ne: infix('<>'),
  lt: infix('<'),
  le: infix('<='),
  gt: infix('>'),
  ge: infix('>='),
  is_null: ([a]) => `(${a} IS NULL)`,
  is_not_distinct: infix('<=>'),
  and: infix('AND'),
  or: infix('OR'),
  not: ([a]) => `(NOT ${a})`,
  add: arithmetic('+'),
  sub: arithmetic('-'),
  mul: arithmetic('*'),
  div: ([a, b], _types, { kind }) => {
    if (kind === 'f64') return divideFloats(a, b);
    return kind === 'u64' ? divideU64(a, b) : `(${a} div nullif(${b}, 0L))`;
  },
  mod: ([a, b], _types, { kind }) => {
    if (kind !== 'f64') return `(${a} % nullif(${b}, 0))`;
    const isZero = `coalesce(${b}, 1D) = 0D AND ${a} IS NOT NULL`;
    return `(CASE WHEN ${isZero} THEN double('NaN') ELSE ${a} % nullif(${b}, 0D) END)`;
  },
  floor: ([x]) => floorOf(x),
  exp2: ([x]) => `power(2D, ${x})`,
  is_nan: ([x]) => `(${x} = double('NaN'))`,
  least: extreme('least'),
  greatest: extreme('greatest'),
  coalesce: named('coalesce'),
  length: ([text]) => `CAST(char_length(${text}) AS BIGINT)`,
  starts_with: named('startswith'),
  substring: ([text, from, count]) => `substring(${text}, ${int(from)}, ${int(count)})`,
  concat: named('concat'),
  split: ([text, separator]) =>
    `split(${text}, concat('\\\\Q', replace(${separator}, '\\\\E', '\\\\E\\\\\\\\E\\\\Q'), '\\\\E'), -1)`,
  regex_match: infix('RLIKE'),
  lower: named('lower'),
  trim: named('trim'),
  parse_hex: ([text]) =>
    `try_cast(conv(nullif(regexp_extract(${text}, ${HEX}, 1), ''), 16, 10) AS DECIMAL(20,0))`,
  parse_time_ms: ([text]) =>
    `(unix_micros(try_cast(regexp_extract(${text}, ${DATED}, 1) AS TIMESTAMP)) / 1000D)`,
  list: (args, _types, result) => `CAST(array(${args.join(', ')}) AS ${sparkTypeName(result)})`,
  list_length: ([list]) => `CAST(array_size(${list}) AS BIGINT)`,
  list_get: ([list, at]) => `get(${list}, ${int(at)} - 1)`,
  list_slice: ([list, from, count]) => `slice(${list}, ${int(from)}, ${int(count)})`,
  list_contains: ([list, value]) => `array_contains(array_compact(${list}), ${value})`,
  list_min: named('array_min'),
  list_max: named('array_max'),
  list_has_null: ([list]) => `exists(${list}, wt_x -> wt_x IS NULL)`,
  list_sum: ([list], _types, result) => {
    const wide = result.kind === 'u64' ? 'DECIMAL(38,0)' : sparkTypeName(result);
    const none = `CAST(NULL AS ${wide})`;
    const added = `CAST(CASE WHEN wt_x IS NULL THEN wt_a WHEN wt_a IS NULL THEN wt_x ELSE wt_a + wt_x END AS ${wide})`;
    const sum = `aggregate(${list}, ${none}, (wt_a, wt_x) -> ${added})`;
    return result.kind === 'u64' ? sparkU64(sum) : sum;
  },
  list_concat: named('concat'),
};
