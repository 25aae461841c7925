import { lit } from '../build-exprs.ts';
import type { Expr } from '../nodes.ts';
import { F64, I64, type ScalarType, TEXT, type Type, U64 } from '../types.ts';

/** An expression under its type; `constant` where it is an integer or null, whose type its surroundings decide. */
export interface Typed {
  readonly expr: Expr;
  readonly type: Type;
  readonly constant?: bigint | null;
}

const RANK: Partial<Readonly<Record<Type['kind'], number>>> = { bool: 0, i64: 1, u64: 1, f64: 2 };

/**
 * The type that two operands share, as numpy has it: a bool beside a number is a number, an integer beside a float is a
 * float, i64 beside u64 is a float. A constant takes the other's type where it fits. Undefined where nothing is shared.
 */
export function commonType(a: Typed, b: Typed): ScalarType | undefined {
  if (a.constant === null) return scalarOf(b.type);
  if (b.constant === null) return scalarOf(a.type);
  const [x, y] = [scalarOf(a.type), scalarOf(b.type)];
  if (x === undefined || y === undefined || x.kind === y.kind) return x && y;
  if (typeof a.constant === 'bigint' && fits(a.constant, y)) return y;
  if (typeof b.constant === 'bigint' && fits(b.constant, x)) return x;
  const [xRank, yRank] = [RANK[x.kind], RANK[y.kind]];
  if (xRank === undefined || yRank === undefined) return undefined;
  if (xRank === yRank) return F64;
  return xRank > yRank ? x : y;
}

/** The expression as a value of `type`, which {@link commonType} found. */
export function asType({ expr, type, constant }: Typed, to: ScalarType): Expr {
  if (constant === null) return lit(null, to);
  if (type.kind === to.kind) return expr;
  if (typeof constant === 'bigint') return constantOf(constant, to).expr;
  return { kind: 'cast', of: expr, to, mode: 'strict' };
}

/** A constant of datajax's: an integer is i64 where it fits, else u64, else f64; null alone is text. */
export function typedConstant(value: null | boolean | string | number | bigint): Typed {
  if (value === null) return { expr: lit(null, TEXT), type: TEXT, constant: null };
  if (typeof value === 'bigint')
    return { ...constantOf(value, integerType(value)), constant: value };
  const expr = lit(value);
  return { expr, type: expr.type };
}

function constantOf(value: bigint, type: ScalarType): { expr: Expr; type: ScalarType } {
  return { expr: lit(type.kind === 'f64' ? Number(value) : value, type), type };
}

function integerType(value: bigint): ScalarType {
  if (fits(value, I64)) return I64;
  return fits(value, U64) ? U64 : F64;
}

function fits(value: bigint, { kind }: ScalarType): boolean {
  if (kind === 'i64') return BigInt.asIntN(64, value) === value;
  return kind === 'f64' || (kind === 'u64' && BigInt.asUintN(64, value) === value);
}

function scalarOf(type: Type): ScalarType | undefined {
  return type.kind === 'list' || type.kind === 'struct' ? undefined : type;
}
