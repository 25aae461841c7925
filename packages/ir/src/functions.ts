import { BOOL, F64, I64, isNumeric, isSameType, listOf, TEXT, type Type, U64 } from './types.ts';

/** What a function accepts and gives. */
export interface Signature {
  /** What it accepts, for messages. */
  readonly accepts: string;
  /** The type of the result; undefined where the arguments are not accepted. */
  readonly resultOf: (args: readonly Type[]) => Type | undefined;
}

const comparison: Signature = {
  accepts: 'two scalars of one type',
  resultOf: ([a, b, ...more]) =>
    isScalar(a) && b !== undefined && isSameType(a, b) && more.length === 0 ? BOOL : undefined,
};

const arithmetic: Signature = {
  accepts: 'two numbers of one type',
  resultOf: ([a, b, ...more]) =>
    a && b && isNumeric(a) && isSameType(a, b) && more.length === 0 ? a : undefined,
};

const connective: Signature = {
  accepts: 'one or more bool',
  resultOf: (args) => (args.length > 0 && args.every((t) => t.kind === 'bool') ? BOOL : undefined),
};

const alike: Signature = {
  accepts: 'one or more of one type',
  resultOf: (args) =>
    args.length > 0 && args.every((t) => isSameType(t, args[0])) ? args[0] : undefined,
};

const extreme: Signature = {
  accepts: 'one or more scalars of one type',
  resultOf: (args) => (isScalar(args[0]) ? alike.resultOf(args) : undefined),
};

const itemExtreme: Signature = {
  accepts: 'a list of scalars',
  resultOf: ([list, ...more]) =>
    list?.kind === 'list' && isScalar(list.item) && more.length === 0 ? list.item : undefined,
};

/**
 * Every function that an expression may call.
 *
 * Unless said otherwise a null argument gives null. Positions count from 1 and characters are Unicode code points.
 */
export const FUNCTIONS = {
  /** NaN equals NaN and is greater than every other number. */
  eq: comparison,
  ne: comparison,
  lt: comparison,
  le: comparison,
  gt: comparison,
  ge: comparison,
  /** Never null. */
  is_null: { accepts: 'one of any type', resultOf: (a) => (a.length === 1 ? BOOL : undefined) },
  /** `eq` for which null equals null; never null. */
  is_not_distinct: comparison,
  /** False where any is false, else null where any is null, else true. */
  and: connective,
  /** True where any is true, else null where any is null, else false. */
  or: connective,
  not: fixed([BOOL], BOOL),
  /** Integer overflow fails the query. */
  add: arithmetic,
  sub: arithmetic,
  mul: arithmetic,
  /** Integers truncate towards zero and give null for a zero divisor; f64 as IEEE 754. */
  div: arithmetic,
  /** The sign of the dividend; null for a zero integer divisor, NaN for a zero f64 one. */
  mod: arithmetic,
  /** Towards minus infinity. */
  floor: fixed([F64], F64),
  /** 2 to the power of it; engines may differ in the last bit, except for whole powers. */
  exp2: fixed([F64], F64),
  is_nan: fixed([F64], BOOL),
  /** Skips nulls; null where all are null. */
  least: extreme,
  greatest: extreme,
  /** The first that is not null. */
  coalesce: alike,
  /** In characters. */
  length: fixed([TEXT], I64),
  starts_with: fixed([TEXT, TEXT], BOOL),
  /** `(text, from, count)`: characters `from … from + count − 1`; `from` is at least 1. */
  substring: fixed([TEXT, I64, I64], TEXT),
  concat: {
    accepts: 'one or more text',
    resultOf: (args) => (args.every((t) => t.kind === 'text') ? alike.resultOf(args) : undefined),
  },
  /** `(text, separator)`: the pieces between separators, always at least one; the separator is not empty. */
  split: fixed([TEXT, TEXT], listOf(TEXT)),
  /** `(text, pattern)`: true where RE2 finds the pattern anywhere. */
  regex_match: fixed([TEXT, TEXT], BOOL),
  lower: fixed([TEXT], TEXT),
  trim: fixed([TEXT], TEXT),
  /** Hexadecimal digits, `0x` before them optional, as a number; null where they are not that or exceed 2^64 − 1. */
  parse_hex: fixed([TEXT], U64),
  /** An ISO 8601 time as milliseconds since the Unix epoch, UTC where no zone is written; null where it is none. */
  parse_time_ms: fixed([TEXT], F64),
  /** A list of its arguments, nulls included. */
  list: {
    accepts: 'one or more of one type',
    resultOf: (args) => {
      const item = alike.resultOf(args);
      return item && listOf(item);
    },
  },
  list_length: overList('a list', () => I64),
  /** `(list, position)`: null outside the list; `position` is at least 1. */
  list_get: overList('a list and an i64', (item) => item, I64),
  /** `(list, from, count)`: elements `from … from + count − 1`; `from` is at least 1, `count` at least 0. */
  list_slice: overList('a list and two i64', (item) => listOf(item), I64, I64),
  /** `(list, value)`: true where an element equals it; nulls in the list are passed over. */
  list_contains: {
    accepts: 'a list of scalars and a value of their type',
    resultOf: ([list, value, ...more]) =>
      list?.kind === 'list' && isScalar(value) && isSameType(list.item, value) && !more.length
        ? BOOL
        : undefined,
  },
  /** Over the elements that are not null; null where there are none. */
  list_min: itemExtreme,
  list_max: itemExtreme,
  list_has_null: overList('a list', () => BOOL),
  /** Over the elements that are not null; null where there are none; integer overflow fails the query. */
  list_sum: {
    accepts: 'a list of numbers',
    resultOf: ([list, ...more]) =>
      list?.kind === 'list' && isNumeric(list.item) && more.length === 0 ? list.item : undefined,
  },
  list_concat: {
    accepts: 'two lists of one type',
    resultOf: ([a, b, ...more]) =>
      a?.kind === 'list' && b && isSameType(a, b) && more.length === 0 ? a : undefined,
  },
} as const satisfies Readonly<Record<string, Signature>>;

export type FunctionName = keyof typeof FUNCTIONS;

export function isScalar(type: Type | undefined): boolean {
  return type !== undefined && type.kind !== 'list' && type.kind !== 'struct';
}

function fixed(params: readonly Type[], result: Type): Signature {
  return {
    accepts: params.map((t) => t.kind).join(', '),
    resultOf: (args) =>
      args.length === params.length && args.every((t, i) => isSameType(t, params[i]))
        ? result
        : undefined,
  };
}

function overList(
  accepts: string,
  resultOf: (item: Type) => Type,
  ...params: readonly Type[]
): Signature {
  return {
    accepts,
    resultOf: ([list, ...more]) =>
      list?.kind === 'list' &&
      more.length === params.length &&
      more.every((t, i) => isSameType(t, params[i]))
        ? resultOf(list.item)
        : undefined,
  };
}
