import type { FunctionName } from './functions.ts';
import { toLiteral } from './literals.ts';
import type {
  Call,
  Case,
  Cast,
  Col,
  Expr,
  FieldOf,
  Lit,
  Named,
  ParseJson,
  SortKey,
} from './nodes.ts';
import { BOOL, F64, I64, type ListType, type ScalarType, type StructType, TEXT } from './types.ts';

export function col(name: string): Col {
  return { kind: 'col', name };
}

/** A constant; without `type` text, bool, f64 for a number and i64 for a bigint. */
export function lit(value: string | number | bigint | boolean): Lit;
export function lit(value: string | number | bigint | boolean | null, type: ScalarType): Lit;
export function lit(value: string | number | bigint | boolean | null, type?: ScalarType): Lit {
  const own = type ?? typeOfValue(value);
  return { kind: 'lit', type: own, value: toLiteral(value, own) };
}

export function call(fn: FunctionName, ...args: readonly Expr[]): Call {
  return { kind: 'call', fn, args };
}

/** Fails the query where a value does not fit. */
export function cast(of: Expr, to: ScalarType): Cast {
  return { kind: 'cast', of, to, mode: 'strict' };
}

/** Null where a value does not fit. */
export function tryCast(of: Expr, to: ScalarType): Cast {
  return { kind: 'cast', of, to, mode: 'try' };
}

/** `caseOf([[when, then], …], otherwise)` */
export function caseOf(branches: readonly (readonly [Expr, Expr])[], otherwise: Expr): Case {
  return {
    kind: 'case',
    whens: branches.map(([when]) => when),
    thens: branches.map(([, then]) => then),
    otherwise,
  };
}

export function field(of: Expr, name: string): FieldOf {
  return { kind: 'field', of, name };
}

export function parseJson(text: Expr, type: ListType | StructType): ParseJson {
  return { kind: 'parse_json', text, type };
}

/** `namedAll({ id: col('key') })`: output columns in the order written. */
export function namedAll(columns: Readonly<Record<string, Expr>>): readonly Named[] {
  return Object.entries(columns).map(([name, expr]) => ({ kind: 'named', name, expr }));
}

/** Nulls last. */
export function asc(expr: Expr): SortKey {
  return { kind: 'key', expr, order: 'asc', nulls: 'last' };
}

/** Nulls last. */
export function desc(expr: Expr): SortKey {
  return { kind: 'key', expr, order: 'desc', nulls: 'last' };
}

function typeOfValue(value: string | number | bigint | boolean | null): ScalarType {
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'number') return F64;
  return typeof value === 'bigint' ? I64 : TEXT;
}
