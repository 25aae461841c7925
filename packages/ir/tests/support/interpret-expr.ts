import type { Cast, Expr, FunctionName, Lit, Schema } from '../../src/index.ts';

/** A value as the textbook has it: i64 and u64 are bigint. */
export type Value = null | boolean | number | bigint | string | Value[];

/** The value of `expr` in one row; of `schema`, whose order the row's values have. */
export function evaluate(expr: Expr, row: readonly Value[], schema: Schema): Value {
  const value = (of: Expr): Value => evaluate(of, row, schema);
  switch (expr.kind) {
    case 'col':
      return row[schema.findIndex(({ name }) => name === expr.name)];
    case 'lit':
      return literal(expr);
    case 'call':
      return apply(expr.fn, expr.args.map(value));
    case 'cast':
      return cast(expr, value(expr.of));
    case 'case': {
      const taken = expr.whens.findIndex((when) => value(when) === true);
      return value(taken < 0 ? expr.otherwise : expr.thens[taken]);
    }
    default:
      throw new Error(`the textbook has no ${expr.kind}`);
  }
}

export function literal({ value, type }: Pick<Lit, 'value' | 'type'>): Value {
  if (value === null || typeof value === 'boolean' || type.kind === 'text') return value;
  return type.kind === 'f64' ? Number(value) : BigInt(value);
}

/** Negative, zero or positive; NaN after every number, text by code point. */
export function compare(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a! < b! ? -1 : Number(a! > b!);
}

function cast({ to, mode }: Cast, value: Value): Value {
  if (value === null) return null;
  const result = to.kind === 'text' ? String(value) : castNumber(to.kind, value);
  if (result === null && mode === 'strict') throw new Error('does not fit');
  return result;
}

function castNumber(kind: 'bool' | 'i64' | 'u64' | 'f64', value: Value): Value {
  if (typeof value === 'string') throw new Error('the textbook casts no text');
  if (kind === 'bool') return Boolean(value);
  if (kind === 'f64') return Number(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  const whole = BigInt(typeof value === 'number' ? halfToEven(value) : (value as bigint | boolean));
  const fits = kind === 'i64' ? BigInt.asIntN(64, whole) : BigInt.asUintN(64, whole);
  return fits === whole ? whole : null;
}

function halfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function apply(fn: FunctionName, args: readonly Value[]): Value {
  const free = NULL_AWARE[fn];
  if (free) return free(args);
  return args.includes(null) ? null : (STRICT[fn] as (...args: Value[]) => Value)(...args);
}

const present = (args: readonly Value[]): Value[] => args.filter((a) => a !== null);

const least = (args: readonly Value[]): Value =>
  present(args).reduce<Value>((m, a) => (m === null || compare(a, m) < 0 ? a : m), null);

const greatest = (args: readonly Value[]): Value =>
  present(args).reduce<Value>((m, a) => (m === null || compare(a, m) > 0 ? a : m), null);

/** Functions that see their nulls. */
const NULL_AWARE: Partial<Record<FunctionName, (args: readonly Value[]) => Value>> = {
  is_null: ([a]) => a === null,
  is_not_distinct: ([a, b]) =>
    a === null || b === null ? a === null && b === null : compare(a, b) === 0,
  and: (args) => (args.includes(false) ? false : args.includes(null) ? null : true),
  or: (args) => (args.includes(true) ? true : args.includes(null) ? null : false),
  coalesce: (args) => args.find((a) => a !== null) ?? null,
  least,
  greatest,
  list: (args) => [...args],
};

type Table = Partial<Record<FunctionName, (...args: never[]) => Value>>;

/** Functions of values that are not null. */
const STRICT: Table = {
  eq: (a: Value, b: Value) => compare(a, b) === 0,
  ne: (a: Value, b: Value) => compare(a, b) !== 0,
  lt: (a: Value, b: Value) => compare(a, b) < 0,
  le: (a: Value, b: Value) => compare(a, b) <= 0,
  gt: (a: Value, b: Value) => compare(a, b) > 0,
  ge: (a: Value, b: Value) => compare(a, b) >= 0,
  not: (a: boolean) => !a,
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number | bigint, b: never) => (b === 0n ? null : (a as number) / b),
  mod: (a: number | bigint, b: never) => (b === 0n ? null : (a as number) % b),
  floor: (a: number) => Math.floor(a),
  exp2: (a: number) => 2 ** a,
  is_nan: (a: number) => Number.isNaN(a),
  length: (a: string) => BigInt([...a].length),
  starts_with: (a: string, b: string) => a.startsWith(b),
  substring: (a: string, from: bigint, count: bigint) =>
    [...a].slice(Number(from) - 1, Number(from + count) - 1).join(''),
  concat: (...args: string[]) => args.join(''),
  split: (a: string, separator: string) => a.split(separator),
  regex_match: (a: string, pattern: string) => new RegExp(pattern, 'u').test(a),
  lower: (a: string) => a.toLowerCase(),
  trim: (a: string) => a.replace(/^ +| +$/g, ''),
  parse_hex: (a: string) => {
    const digits = /^(?:0[xX])?([0-9a-fA-F]+)$/.exec(a)?.[1];
    const number = digits === undefined ? -1n : BigInt(`0x${digits}`);
    return number >= 0n && number < 2n ** 64n ? number : null;
  },
  parse_time_ms: (a: string) => {
    const time = Date.parse(/Z|[+-]\d\d:\d\d$/.test(a) ? a : `${a}Z`);
    return Number.isNaN(time) ? null : time;
  },
  list_length: (a: Value[]) => BigInt(a.length),
  list_get: (a: Value[], at: bigint) => a[Number(at) - 1] ?? null,
  list_slice: (a: Value[], from: bigint, count: bigint) =>
    a.slice(Number(from) - 1, Number(from + count) - 1),
  list_contains: (a: Value[], b: Value) => present(a).some((item) => compare(item, b) === 0),
  list_min: least,
  list_max: greatest,
  list_has_null: (a: Value[]) => a.includes(null),
  list_sum: (a: Value[]) => (present(a).length === 0 ? null : total(present(a))),
  list_concat: (a: Value[], b: Value[]) => [...a, ...b],
};

/** The sum of one or more numbers of one type. */
export function total(values: readonly Value[]): Value {
  return (values as number[]).reduce((sum, value) => sum + value);
}
