import { assertNever } from '@wavetune/core';
import { type Expr, type Schema, type SortKey, type Type, typeOf } from '@wavetune/ir';
import type { Dialect } from './dialect.ts';
import { sqlError } from './sql-errors.ts';

/** Where an expression stands: the dialect, the columns in reach, and the alias they go by (`''` for none). */
export interface Scope {
  readonly dialect: Dialect;
  readonly schema: Schema;
  readonly alias: string;
}

/** SQL of a verified expression; a compound one is parenthesised or a call, so it can stand anywhere. */
export function lowerExpr(expr: Expr, scope: Scope): string {
  const { dialect } = scope;
  switch (expr.kind) {
    case 'col':
      return `${scope.alias}${dialect.identifier(expr.name)}`;
    case 'lit':
      return dialect.literal(expr.value, expr.type);
    case 'call': {
      const emit = listed(dialect, dialect.functions[expr.fn], `function ${expr.fn}`);
      const types = expr.args.map((arg) => typeIn(arg, scope));
      return emit(lowerAll(expr.args, scope), types, typeIn(expr, scope));
    }
    case 'cast':
      return dialect.cast(lowerExpr(expr.of, scope), expr.to, expr.mode);
    case 'case': {
      const branches = expr.whens.map(
        (when, i) => `WHEN ${lowerExpr(when, scope)} THEN ${lowerExpr(expr.thens[i], scope)}`,
      );
      return `CASE ${branches.join(' ')} ELSE ${lowerExpr(expr.otherwise, scope)} END`;
    }
    case 'field':
      return dialect.field(lowerExpr(expr.of, scope), expr.name, typeIn(expr, scope));
    case 'parse_json':
      return dialect.parseJson(lowerExpr(expr.text, scope), expr.type);
    default:
      return assertNever(expr, 'expression');
  }
}

export function lowerAll(exprs: readonly Expr[], scope: Scope): readonly string[] {
  return exprs.map((expr) => lowerExpr(expr, scope));
}

/** ` ORDER BY …` with a leading space, `''` for no keys. */
export function lowerOrder(keys: readonly SortKey[], scope: Scope): string {
  if (keys.length === 0) return '';
  const terms = keys.map(
    ({ expr, order, nulls }) =>
      `${lowerExpr(expr, scope)} ${order.toUpperCase()} NULLS ${nulls.toUpperCase()}`,
  );
  return ` ORDER BY ${terms.join(', ')}`;
}

/** What a dialect's table lists. */
export function listed<T>(dialect: Dialect, found: T | undefined, what: string): T {
  if (found === undefined) throw sqlError('sql.unsupported', { dialect: dialect.name, what });
  return found;
}

function typeIn(expr: Expr, scope: Scope): Type {
  return typeOf(expr, scope.schema, '$');
}
