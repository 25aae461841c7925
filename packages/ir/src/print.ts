import { assertNever } from '@wavetune/core';
import { inputsOf } from './children.ts';
import { checkNesting } from './nesting.ts';
import type { Expr, Named, Plan, SortKey, Source } from './nodes.ts';
import { typeName } from './types.ts';

/**
 * The plan for people: a node a line, its inputs indented below it.
 *
 * @throws WavetuneError `ir.too-deep`
 */
export function printPlan(plan: Plan): string {
  checkNesting(plan);
  return lines(plan).join('\n');
}

/** An expression for people: `and(gt(size, 5), is_null(tenant))`. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'col':
      return expr.name;
    case 'lit':
      return expr.value !== null && expr.type.kind === 'text'
        ? JSON.stringify(expr.value)
        : String(expr.value);
    case 'call':
      return call(expr.fn, expr.args);
    case 'cast':
      return `${expr.mode}_cast(${printExpr(expr.of)} as ${typeName(expr.to)})`;
    case 'case': {
      const branches = expr.whens.map(
        (when, i) => `when ${printExpr(when)} then ${printExpr(expr.thens[i])}`,
      );
      return `case ${branches.join(' ')} else ${printExpr(expr.otherwise)} end`;
    }
    case 'field':
      return `${printExpr(expr.of)}.${expr.name}`;
    case 'parse_json':
      return `parse_json(${printExpr(expr.text)} as ${typeName(expr.type)})`;
    default:
      return assertNever(expr, 'expression');
  }
}

function lines(plan: Plan): readonly string[] {
  return [
    headline(plan),
    ...inputsOf(plan)
      .flatMap(lines)
      .map((line) => `  ${line}`),
  ];
}

function headline(plan: Plan): string {
  switch (plan.kind) {
    case 'scan':
      return `scan ${source(plan.source)}`;
    case 'filter':
      return `filter ${printExpr(plan.predicate)}`;
    case 'project':
    case 'extend':
      return `${plan.kind} ${named(plan.columns)}`;
    case 'unnest': {
      const ordinality = plan.ordinality === undefined ? '' : ` at ${plan.ordinality}`;
      return `unnest ${plan.list} as ${plan.item}${ordinality}`;
    }
    case 'join': {
      const on = plan.on.map((pair) => `${printExpr(pair.left)} = ${printExpr(pair.right)}`);
      return `${plan.how} join on ${on.join(', ')}`;
    }
    case 'aggregate': {
      const measures = plan.measures.map(
        ({ name, fn, args, orderBy }) => `${name} = ${call(fn, args)}${order(orderBy)}`,
      );
      return `aggregate by (${named(plan.groups)}) ${measures.join(', ')}`;
    }
    case 'window': {
      const columns = plan.columns.map(({ name, fn, args }) => `${name} = ${call(fn, args)}`);
      const by = plan.partitionBy.map(printExpr).join(', ');
      return `window ${columns.join(', ')} over (${by})${order(plan.orderBy)}`;
    }
    case 'sort':
      return `sort by ${keys(plan.keys)}`;
    case 'limit':
      return `limit ${plan.count}${plan.offset > 0 ? ` after ${plan.offset}` : ''}`;
    case 'union':
      return 'union';
    case 'repartition':
      return `repartition by (${plan.by.map(printExpr).join(', ')}) into ${plan.parts}`;
    default:
      return assertNever(plan, 'plan node');
  }
}

function source(from: Source): string {
  if (from.format === 'table') return `table ${from.name}`;
  if (from.format === 'values') return `values, ${from.rows.length} rows`;
  const more = from.files.length > 1 ? ` and ${from.files.length - 1} more` : '';
  const columns = 'columns' in from ? ` (${from.columns.map(({ name }) => name).join(', ')})` : '';
  return `${from.format} ${from.files[0]}${more}${columns}`;
}

function named(columns: readonly Named[]): string {
  return columns
    .map(({ name, expr }) => {
      const value = printExpr(expr);
      return value === name ? name : `${name} = ${value}`;
    })
    .join(', ');
}

function order(by: readonly SortKey[]): string {
  return by.length === 0 ? '' : ` order by ${keys(by)}`;
}

function keys(by: readonly SortKey[]): string {
  return by.map((key) => `${printExpr(key.expr)} ${key.order}`).join(', ');
}

function call(fn: string, args: readonly Expr[]): string {
  return `${fn}(${args.map(printExpr).join(', ')})`;
}
