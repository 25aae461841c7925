import { assertNever } from '@wavetune/core';
import { type Expr, type Schema, type SortKey, type Type, typeName, typeOf } from '@wavetune/ir';
import type { Dialect, OrderKey } from './dialect.ts';
import { sqlError } from './sql-errors.ts';

/** Where an expression stands: the dialect, the columns in reach, and the alias they go by (`''` for none). */
export interface Scope {
  readonly dialect: Dialect;
  readonly schema: Schema;
  readonly alias: string;
}

/**
 * SQL of a verified expression; a compound one is parenthesised or a call, so it can stand anywhere.
 *
 * @param path - JSON path of `expr`, for messages.
 */
export function lowerExpr(expr: Expr, scope: Scope, path: string): string {
  const { dialect } = scope;
  switch (expr.kind) {
    case 'col':
      return `${scope.alias}${dialect.identifier(expr.name)}`;
    case 'lit':
      return dialect.literal(expr.value, expr.type);
    case 'call': {
      const types = expr.args.map((arg) => typeIn(arg, scope));
      const args = lowerAll(expr.args, scope, `${path}.args`);
      const call = dialect.functions[expr.fn]?.(args, types, typeIn(expr, scope));
      const what = `function ${expr.fn}(${types.map(typeName).join(', ')})`;
      return listed(dialect, call, what, path);
    }
    case 'cast': {
      const from = typeIn(expr.of, scope);
      return dialect.cast(lowerExpr(expr.of, scope, `${path}.of`), from, expr.to, expr.mode);
    }
    case 'case': {
      const whens = lowerAll(expr.whens, scope, `${path}.whens`);
      const thens = lowerAll(expr.thens, scope, `${path}.thens`);
      const branches = whens.map((when, i) => `WHEN ${when} THEN ${thens[i]}`);
      const otherwise = lowerExpr(expr.otherwise, scope, `${path}.otherwise`);
      return `CASE ${branches.join(' ')} ELSE ${otherwise} END`;
    }
    case 'field': {
      const struct = typeIn(expr.of, scope);
      if (struct.kind !== 'struct') throw new Error('verified: a field is of a struct');
      const of = lowerExpr(expr.of, scope, `${path}.of`);
      return dialect.field(of, expr.name, struct, typeIn(expr, scope));
    }
    case 'parse_json':
      return dialect.parseJson(lowerExpr(expr.text, scope, `${path}.text`), expr.type);
    default:
      return assertNever(expr, 'expression');
  }
}

export function lowerAll(exprs: readonly Expr[], scope: Scope, path: string): readonly string[] {
  return exprs.map((expr, i) => lowerExpr(expr, scope, `${path}[${i}]`));
}

/** As {@link lowerAll}, for values that rows are put together by. */
export function lowerKeys(exprs: readonly Expr[], scope: Scope, path: string): readonly string[] {
  return lowerAll(exprs, scope, path).map((sql, i) =>
    scope.dialect.groupKey(sql, typeIn(exprs[i], scope)),
  );
}

export function lowerSortKeys(
  keys: readonly SortKey[],
  scope: Scope,
  path: string,
): readonly OrderKey[] {
  return keys.map(({ expr, order, nulls }, i) => ({
    sql: lowerExpr(expr, scope, `${path}[${i}].expr`),
    type: typeIn(expr, scope),
    order,
    nulls,
  }));
}

/** ` ORDER BY …` with a leading space, `''` for no keys. */
export function orderClause(keys: readonly OrderKey[], dialect: Dialect): string {
  return keys.length === 0 ? '' : ` ORDER BY ${keys.map(dialect.orderTerms).join(', ')}`;
}

/** What a dialect's table lists. */
export function listed<T>(dialect: Dialect, found: T | undefined, what: string, path: string): T {
  if (found !== undefined) return found;
  throw sqlError('sql.unsupported', { dialect: dialect.name, what, path });
}

export function typeIn(expr: Expr, scope: Scope): Type {
  return typeOf(expr, scope.schema, '$');
}
