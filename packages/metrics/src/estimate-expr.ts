import type { Expr } from '@wavetune/ir';
import type { RelationEstimate } from './relation-estimate.ts';
import type { ColumnStatistics } from './statistics.ts';

type Columns = RelationEstimate['columns'];

interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * What is known of a computed value from its columns: of a column itself all; of arithmetic the range that its operands'
 * ranges leave, nulls where an operand has them, and no more distinct values than the one column that it reads has.
 */
export function estimateExpr(expr: Expr, columns: Columns): ColumnStatistics {
  if (expr.kind === 'col') return columns.get(expr.name) ?? {};
  const distincts = distinctsOfExpr(expr, columns);
  const nullShare = nullShareOf(expr, columns);
  return {
    ...rangeOf(expr, columns),
    ...(nullShare === undefined ? {} : { nullShare }),
    ...(distincts === undefined ? {} : { distincts }),
  };
}

/** Of arithmetic; undefined of all else that is no column, and where a column's nulls are not known. */
function nullShareOf(expr: Expr, columns: Columns): number | undefined {
  const operands = operandsOf(expr);
  if (operands === undefined) return undefined;
  const shares = [...new Set(operands)].map((name) => columns.get(name)?.nullShare ?? Number.NaN);
  const share = 1 - shares.reduce((rest, each) => rest * (1 - each), 1);
  return Number.isNaN(share) ? undefined : share;
}

/** The columns whose nulls make the whole null; undefined where others may. */
function operandsOf(expr: Expr): readonly string[] | undefined {
  if (expr.kind === 'col') return [expr.name];
  if (expr.kind === 'cast') return operandsOf(expr.of);
  if (expr.kind === 'lit') return expr.value === null ? undefined : [];
  if (expr.kind !== 'call' || !ARITHMETIC.has(expr.fn)) return undefined;
  const each = expr.args.map(operandsOf);
  return each.some((names) => names === undefined)
    ? undefined
    : each.flatMap((names) => names ?? []);
}

/** Null exactly where an operand is. */
const ARITHMETIC: ReadonlySet<string> = new Set(['add', 'sub', 'mul']);

function rangeOf(expr: Expr, columns: Columns): Range | undefined {
  switch (expr.kind) {
    case 'col': {
      const { min, max } = columns.get(expr.name) ?? {};
      return min === undefined || max === undefined ? undefined : { min, max };
    }
    case 'lit': {
      const value =
        expr.type.kind === 'text' || expr.value === null ? Number.NaN : Number(expr.value);
      return Number.isFinite(value) ? { min: value, max: value } : undefined;
    }
    case 'cast':
      return expr.to.kind === 'text' || expr.to.kind === 'bool'
        ? undefined
        : rangeOf(expr.of, columns);
    case 'call': {
      const [left, right] = expr.args.map((arg) => rangeOf(arg, columns));
      return left && right && combined(expr.fn, left, right);
    }
    default:
      return undefined;
  }
}

function combined(fn: string, left: Range, right: Range): Range | undefined {
  switch (fn) {
    case 'add':
      return { min: left.min + right.min, max: left.max + right.max };
    case 'sub':
      return { min: left.min - right.max, max: left.max - right.min };
    case 'mul': {
      const corners = [left.min, left.max].flatMap((l) => [l * right.min, l * right.max]);
      return { min: Math.min(...corners), max: Math.max(...corners) };
    }
    case 'mod': {
      const most = Math.max(Math.abs(right.min), Math.abs(right.max));
      return { min: left.min < 0 ? -most : 0, max: left.max < 0 ? 0 : most };
    }
    default:
      return undefined;
  }
}

/** A function of one column has no more values than that column; of whole numbers modulo n, no more than n. */
function distinctsOfExpr(expr: Expr, columns: Columns): number | undefined {
  switch (expr.kind) {
    case 'col':
      return columns.get(expr.name)?.distincts;
    case 'lit':
      return 1;
    case 'cast':
      return distinctsOfExpr(expr.of, columns);
    case 'call': {
      const each = expr.args.map((arg) => distinctsOfExpr(arg, columns));
      const product = each.reduce<number>((all, n) => all * (n ?? Number.POSITIVE_INFINITY), 1);
      const [, divisor] = expr.args;
      const isModulo = expr.fn === 'mod' && divisor.kind === 'lit' && divisor.type.kind !== 'f64';
      const most = Math.min(product, isModulo ? Math.abs(Number(divisor.value)) : product);
      return Number.isFinite(most) && most > 0 ? most : undefined;
    }
    default:
      return undefined;
  }
}

/** Distinct values of an expression over a relation, as far as known; never more than its rows. */
export function distinctsOf(relation: RelationEstimate, expr: Expr): number | undefined {
  const { distincts } = estimateExpr(expr, relation.columns);
  return distincts === undefined ? undefined : Math.min(distincts, relation.rows);
}
