import type { FunctionName, Type } from '@wavetune/ir';
import {
  clickhouseIsNull,
  clickhouseTypeName,
  flagged,
  isFlagged,
  itemsOf,
  narrowed,
  widened,
} from './clickhouse-spelling.ts';
import type { Emit } from './dialect.ts';

const infix =
  (operator: string): Emit =>
  (args) =>
    `(${args.join(` ${operator} `)})`;

const named =
  (name: string): Emit =>
  (args) =>
    `${name}(${args.join(', ')})`;

/** ClickHouse's NaN equals nothing; the plan's equals itself and is above all numbers. */
export function clickhouseEquals(a: string, b: string, { kind }: Type): string {
  return kind === 'f64' ? `((${a} = ${b}) OR (isNaN(${a}) AND isNaN(${b})))` : `(${a} = ${b})`;
}

function below(a: string, b: string, { kind }: Type): string {
  return kind === 'f64' ? `((${a} < ${b}) OR (isNaN(${b}) AND NOT isNaN(${a})))` : `(${a} < ${b})`;
}

/** Integers wrap around by themselves, so they are computed in 128 bits. */
const arithmetic =
  (operator: string): Emit =>
  ([a, b], _types, result) =>
    narrowed(`(${widened(a, result)} ${operator} ${widened(b, result)})`, result);

const divide: Emit = ([a, b], _types, { kind }) =>
  kind === 'f64' ? `(${a} / ${b})` : `intDiv(${a}, nullIf(${b}, 0))`;

const remainder: Emit = ([a, b], _types, { kind }) => {
  if (kind !== 'f64') return `(${a} % nullIf(${b}, 0))`;
  return `if(isNull(${a}) OR isNull(${b}), NULL, if(${b} = 0, nan, ${a} % nullIf(${b}, 0)))`;
};

/** The extreme of an array's items that are not null; null where there is none. */
function extremeOf(items: string, { kind }: Type, which: 'min' | 'max'): string {
  if (kind !== 'f64') return `arrayReduce('${which}', ${items})`;
  const numbers = `arrayReduce('${which}', arrayFilter(wt_x -> NOT ifNull(isNaN(wt_x), 1), ${items}))`;
  const nans = `arrayExists(wt_x -> ifNull(isNaN(wt_x), 0), ${items})`;
  const nan = `CAST('nan' AS Nullable(Float64))`;
  if (which === 'max') return `if(${nans}, ${nan}, ${numbers})`;
  return `if(isNull(${numbers}) AND ${nans}, ${nan}, ${numbers})`;
}

const extreme =
  (which: 'min' | 'max'): Emit =>
  (args, _types, result) =>
    extremeOf(
      `[${args.map((arg) => `CAST(${arg} AS ${clickhouseTypeName(result)})`).join(', ')}]`,
      result,
      which,
    );

const extremeItem =
  (which: 'min' | 'max'): Emit =>
  ([list], _types, result) =>
    extremeOf(itemsOf(list), result, which);

const coalesce: Emit = (args, _types, result) =>
  isFlagged(result)
    ? args.reduceRight((rest, arg) => `if(${clickhouseIsNull(arg, result)}, ${rest}, ${arg})`)
    : `coalesce(${args.join(', ')})`;

function itemType(type: Type): Type {
  if (type.kind !== 'list') throw new Error('verified: the argument is a list');
  return type.item;
}

const isNullList = (list: string): string => `(tupleElement(${list}, 1) = 0)`;

/** A position past every end where it is null. */
const position = (at: string): string => `ifNull(${at}, 9223372036854775807)`;

const HEX = `'^(?:0[xX])?0*([0-9a-fA-F]{1,16})$'`;

/** Every function of the plan language in ClickHouse's SQL; a new one does not compile until it is spelled here. */
export const CLICKHOUSE_FUNCTIONS: Readonly<Record<FunctionName, Emit>> = {
  eq: ([a, b], [type]) => clickhouseEquals(a, b, type),
  ne: ([a, b], [type]) => `(NOT ${clickhouseEquals(a, b, type)})`,
  lt: ([a, b], [type]) => below(a, b, type),
  le: ([a, b], [type]) => `(NOT ${below(b, a, type)})`,
  gt: ([a, b], [type]) => below(b, a, type),
  ge: ([a, b], [type]) => `(NOT ${below(a, b, type)})`,
  is_null: ([a], [type]) => clickhouseIsNull(a, type),
  is_not_distinct: ([a, b], [type]) =>
    `((isNull(${a}) AND isNull(${b})) OR ifNull(${clickhouseEquals(a, b, type)}, 0))`,
  and: infix('AND'),
  or: infix('OR'),
  not: ([a]) => `(NOT ${a})`,
  add: arithmetic('+'),
  sub: arithmetic('-'),
  mul: arithmetic('*'),
  div: divide,
  mod: remainder,
  floor: named('floor'),
  exp2: named('exp2'),
  is_nan: named('isNaN'),
  least: extreme('min'),
  greatest: extreme('max'),
  coalesce,
  length: ([text]) => `toInt64(lengthUTF8(${text}))`,
  starts_with: named('startsWith'),
  substring: ([text, from, count]) => `substringUTF8(${text}, ${from}, ${count})`,
  concat: infix('||'),
  split: ([text, separator], _types, result) => {
    const pieces = `splitByString(assumeNotNull(${separator}), assumeNotNull(${text}))`;
    return flagged(pieces, `isNull(${text}) OR isNull(${separator})`, result);
  },
  /** ClickHouse's dot takes a line end too, unless it is told. */
  regex_match: ([text, pattern]) => `match(${text}, concat('(?-s)', assumeNotNull(${pattern})))`,
  lower: named('lowerUTF8'),
  trim: ([text]) => `trimBoth(${text})`,
  parse_hex: ([text]) => {
    const digits = `extract(${text}, ${HEX})`;
    const number = `reinterpretAsUInt64(reverse(unhex(leftPad(assumeNotNull(${digits}), 16, '0'))))`;
    return `if(isNull(${text}) OR ifNull(${digits}, '') = '', NULL, ${number})`;
  },
  parse_time_ms: ([text]) =>
    `(toUnixTimestamp64Micro(parseDateTime64BestEffortOrNull(${text}, 6, 'UTC')) / 1000)`,
  list: (args, _types, result) => flagged(`[${args.join(', ')}]`, '0', result),
  list_length: ([list]) =>
    `if(${isNullList(list)}, NULL, toNullable(toInt64(length(${itemsOf(list)}))))`,
  list_get: ([list, at]) => `arrayElement(${itemsOf(list)}, ${position(at)})`,
  list_slice: ([list, from, count], _types, result) => {
    const items = `arraySlice(${itemsOf(list)}, ${position(from)}, ifNull(${count}, 0))`;
    return flagged(items, `${isNullList(list)} OR isNull(${from}) OR isNull(${count})`, result);
  },
  list_contains: ([list, value], [type]) => {
    const found = `arrayExists(wt_x -> ifNull(${clickhouseEquals('wt_x', value, itemType(type))}, 0), ${itemsOf(list)})`;
    return `if(${isNullList(list)} OR isNull(${value}), NULL, toNullable(CAST(${found} AS Bool)))`;
  },
  list_min: extremeItem('min'),
  list_max: extremeItem('max'),
  list_has_null: ([list], [type]) => {
    const found = `arrayExists(wt_x -> ${clickhouseIsNull('wt_x', itemType(type))}, ${itemsOf(list)})`;
    return `if(${isNullList(list)}, NULL, toNullable(CAST(${found} AS Bool)))`;
  },
  list_sum: ([list], _types, result) =>
    narrowed(
      `arrayReduce('sum', arrayMap(wt_x -> ${widened('wt_x', result)}, ${itemsOf(list)}))`,
      result,
    ),
  list_concat: ([a, b], _types, result) =>
    flagged(
      `arrayConcat(${itemsOf(a)}, ${itemsOf(b)})`,
      `${isNullList(a)} OR ${isNullList(b)}`,
      result,
    ),
};
