import { lit } from '../build-exprs.ts';
import { FUNCTIONS, type FunctionName } from '../functions.ts';
import type { Call, Cast, Lit } from '../nodes.ts';
import { BOOL, isInteger, type ScalarType } from '../types.ts';

type Value = null | boolean | string | number | bigint;

/** The value of a call of constants; undefined where the query must find it out, as where it would fail. */
export function valueOfCall({ fn }: Call, args: readonly Lit[]): Lit | undefined {
  const types = args.map(({ type }) => type);
  const result = FUNCTIONS[fn].resultOf(types);
  if (result === undefined || result.kind === 'list' || result.kind === 'struct') return undefined;
  const values = args.map(decoded);
  const free = NULL_AWARE[fn];
  if (free) return lit(free(values), result);
  const strict = STRICT[fn];
  if (strict === undefined) return undefined;
  if (values.includes(null)) return lit(null, result);
  const value = (strict as (...values: Value[]) => Value)(...values);
  return fits(value, result) ? lit(value, result) : undefined;
}

/** The value of a cast constant; undefined where it would fail, and between text and numbers but for whole ones. */
export function valueOfCast({ to, mode }: Cast, of: Lit): Lit | undefined {
  const value = decoded(of);
  if (value === null) return lit(null, to);
  if (of.type.kind === to.kind) return of;
  if (of.type.kind === 'text' || (of.type.kind === 'f64' && !isExactInteger(value)))
    return undefined;
  if (to.kind === 'text') return of.type.kind === 'f64' ? undefined : lit(String(value), to);
  const number = to.kind === 'bool' ? Number(value) !== 0 : numberOf(value, to);
  if (fits(number, to)) return lit(number, to);
  return mode === 'try' ? lit(null, to) : undefined;
}

/** Negative, zero or positive as `a` sorts before, with or after `b`, of one type: NaN last, text by code point. */
function order(a: Value, b: Value): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a! < b! ? -1 : Number(a! > b!);
}

function extreme(values: readonly Value[], sign: number): Value {
  return values.reduce<Value>((found, value) => {
    if (value === null || found === null) return found ?? value;
    return order(value, found) * sign > 0 ? value : found;
  }, null);
}

/** Functions that see their nulls and never fail. */
const NULL_AWARE: Partial<Readonly<Record<FunctionName, (values: readonly Value[]) => Value>>> = {
  is_null: ([a]) => a === null,
  is_not_distinct: ([a, b]) => (a === null || b === null ? a === b : order(a, b) === 0),
  least: (values) => extreme(values, -1),
  greatest: (values) => extreme(values, 1),
};

/**
 * Functions of values that are not null, where this machine's arithmetic is every engine's: integers exact, floats as
 * IEEE 754, text where no table of Unicode matters. What they give may not fit; then nothing is folded.
 */
const STRICT: Partial<Readonly<Record<FunctionName, (...values: never[]) => Value>>> = {
  eq: (a: Value, b: Value) => order(a, b) === 0,
  ne: (a: Value, b: Value) => order(a, b) !== 0,
  lt: (a: Value, b: Value) => order(a, b) < 0,
  le: (a: Value, b: Value) => order(a, b) <= 0,
  gt: (a: Value, b: Value) => order(a, b) > 0,
  ge: (a: Value, b: Value) => order(a, b) >= 0,
  not: (a: boolean) => !a,
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => (isZero(b) ? null : a / b),
  mod: (a: number, b: number) => (isZero(b) ? null : a % b),
  floor: (a: number) => Math.floor(a),
  is_nan: (a: number) => Number.isNaN(a),
  length: (a: string) => BigInt([...a].length),
  starts_with: (a: string, b: string) => a.startsWith(b),
  concat: (...texts: string[]) => texts.join(''),
};

function isZero(divisor: number | bigint): boolean {
  return divisor === 0n;
}

function decoded({ value, type }: Lit): Value {
  if (value === null || typeof value === 'boolean' || type.kind === 'text') return value;
  return type.kind === 'f64' ? Number(value) : BigInt(value);
}

function fits(value: Value, type: ScalarType): boolean {
  if (value === null || !isInteger(type)) return true;
  const wrapped =
    type.kind === 'i64' ? BigInt.asIntN(64, value as bigint) : BigInt.asUintN(64, value as bigint);
  return wrapped === value;
}

/** Engines round other floats each in their own way. */
function isExactInteger(value: Value): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0);
}

function numberOf(value: Value, to: ScalarType): Value {
  return isInteger(to) ? BigInt(value as number | bigint | boolean) : Number(value);
}

/** `true`, `false` or the null between them. */
export function bool(value: boolean | null): Lit {
  return lit(value, BOOL);
}
