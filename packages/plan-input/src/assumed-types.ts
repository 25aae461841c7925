import {
  BOOL,
  type DatajaxExpr,
  type DatajaxTrace,
  F64,
  I64,
  type ScalarType,
  TEXT,
} from '@wavetune/ir';

/** The type of a column that a trace names and no file describes. */
export type TypeOf = (column: string) => ScalarType;

/**
 * What a trace's columns must be to make sense, told from their use: the type of a constant that one meets, a float where
 * one is computed with, the other key's where one is joined on. Text holds every value, so what nothing says is text.
 *
 * @param described - Types of columns that files say.
 */
export function assumedTypes(
  trace: DatajaxTrace,
  described: ReadonlyMap<string, ScalarType>,
): TypeOf {
  const known = new Map(described);
  const learn = (expr: DatajaxExpr, type: ScalarType): void => {
    if (expr.kind === 'rename') learn(expr.expr, type);
    if (expr.kind === 'col' && !known.has(expr.name)) known.set(expr.name, type);
  };
  const roots = trace.flatMap(exprsOf);
  for (const { left, right } of roots.flatMap(operationsOf)) {
    for (const [one, other] of [
      [left, right],
      [right, left],
    ]) {
      if (other.kind === 'lit' && other.value !== null) learn(one, constantType(other.value));
    }
  }
  for (const operation of roots.flatMap(operationsOf)) {
    const type = operation.kind === 'bin' ? F64 : BOOL;
    if (operation.kind === 'cmp') continue;
    learn(operation.left, type);
    learn(operation.right, type);
  }
  for (const step of trace) {
    if (step.type === 'aggregate' && (step.agg === 'sum' || step.agg === 'mean')) {
      learn(step.value, F64);
    }
  }
  for (const step of trace) if (step.type === 'join') shareKeyTypes(step, known);
  return (column) => known.get(column) ?? TEXT;
}

function shareKeyTypes(
  join: Extract<DatajaxTrace[number], { readonly type: 'join' }>,
  known: Map<string, ScalarType>,
): void {
  const [left, right] = [[join.left_on].flat(), [join.right_on].flat()];
  left.forEach((name, i) => {
    const type = known.get(name) ?? known.get(right[i]);
    if (type === undefined) return;
    known.set(name, type);
    known.set(right[i], type);
  });
}

function exprsOf(step: DatajaxTrace[number]): readonly DatajaxExpr[] {
  switch (step.type) {
    case 'map':
      return [step.expr];
    case 'filter':
      return [step.predicate];
    case 'aggregate':
      return [step.key, step.value];
    default:
      return [];
  }
}

type Operation = Extract<DatajaxExpr, { readonly left: DatajaxExpr }>;

function operationsOf(expr: DatajaxExpr): readonly Operation[] {
  if (expr.kind === 'rename') return operationsOf(expr.expr);
  if (expr.kind === 'col' || expr.kind === 'lit') return [];
  return [expr, ...operationsOf(expr.left), ...operationsOf(expr.right)];
}

function constantType(value: boolean | string | number | bigint): ScalarType {
  if (typeof value === 'bigint') return I64;
  if (typeof value === 'number') return F64;
  return typeof value === 'string' ? TEXT : BOOL;
}
