import { assertNever } from '@wavetune/core';
import { irError } from '../ir-errors.ts';
import { fieldNamed } from '../names.ts';
import type { Expr } from '../nodes.ts';
import { conjunctsOf } from '../passes/conjuncts.ts';
import {
  BOOL,
  F64,
  isNumeric,
  type ScalarType,
  type Schema,
  TEXT,
  type Type,
  typeName,
} from '../types.ts';
import { asType, commonType, type Typed, typedConstant } from './common-type.ts';
import type { DatajaxExpr } from './trace.ts';

type Operation = Extract<DatajaxExpr, { readonly left: DatajaxExpr }>;

/**
 * A datajax expression over rows of `schema`. Its operands are cast to the type that they share; `truediv` is always f64;
 * `rename` gives a name that the step around it gives again, and changes no value.
 *
 * @throws WavetuneError `ir.unknown-column`, `ir.wrong-type`, with the path in the trace.
 */
export function exprOfDatajax(expr: DatajaxExpr, schema: Schema, path: string): Typed {
  switch (expr.kind) {
    case 'col': {
      const { type } = fieldNamed(schema, expr.name, `${path}.name`);
      return { expr: { kind: 'col', name: expr.name }, type };
    }
    case 'lit':
      return typedConstant(expr.value);
    case 'rename':
      return exprOfDatajax(expr.expr, schema, `${path}.expr`);
    case 'bin':
    case 'cmp':
    case 'logic':
      return operation(expr, schema, path);
    default:
      return assertNever(expr, 'datajax expression');
  }
}

function operation(expr: Operation, schema: Schema, path: string): Typed {
  const left = exprOfDatajax(expr.left, schema, `${path}.left`);
  const right = exprOfDatajax(expr.right, schema, `${path}.right`);
  if (expr.kind === 'logic') return connective(expr.op, left, right, path);
  const type = commonType(left, right);
  if (type === undefined) {
    throw wrongType(`${path}.right`, right.type, `what compares with ${typeName(left.type)}`);
  }
  if (expr.kind === 'cmp') {
    return { expr: called(expr.op, left, right, type), type: BOOL };
  }
  if (expr.op === 'add' && type.kind === 'text') {
    return { expr: called('concat', left, right, TEXT), type: TEXT };
  }
  if (!isNumeric(type)) throw wrongType(`${path}.left`, type, 'a number');
  const result = expr.op === 'truediv' ? F64 : type;
  const fn = expr.op === 'truediv' ? 'div' : expr.op;
  return { expr: called(fn, left, right, result), type: result };
}

function called(
  fn: 'add' | 'sub' | 'mul' | 'div' | 'concat' | 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge',
  left: Typed,
  right: Typed,
  type: ScalarType,
): Expr {
  return { kind: 'call', fn, args: [asType(left, type), asType(right, type)] };
}

/** A chain of one connective is one call: it nests no deeper than its operands. */
function connective(fn: 'and' | 'or', left: Typed, right: Typed, path: string): Typed {
  const args = Object.entries({ left, right }).flatMap(([side, typed]) => {
    if (typed.type.kind !== 'bool' && typed.constant !== null) {
      throw wrongType(`${path}.${side}`, typed.type, 'bool');
    }
    const expr = asType(typed, BOOL);
    if (fn === 'and') return conjunctsOf(expr);
    return expr.kind === 'call' && expr.fn === 'or' ? expr.args : [expr];
  });
  return { expr: { kind: 'call', fn, args }, type: BOOL };
}

function wrongType(path: string, found: Type, accepted: string): Error {
  return irError('ir.wrong-type', { path, what: 'the operand', found: typeName(found), accepted });
}
