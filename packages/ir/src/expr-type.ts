import { assertNever } from '@wavetune/core';
import { FUNCTIONS, isScalar, type Signature } from './functions.ts';
import { irError } from './ir-errors.ts';
import { checkLiteral } from './literals.ts';
import { checkType, fieldNamed } from './names.ts';
import type { Case, Cast, Expr, FieldOf, ParseJson } from './nodes.ts';
import { isSameType, type Schema, type Type, typeName } from './types.ts';

/**
 * The type of `expr` over rows of `schema`; refuses an expression that has none.
 *
 * @param path - JSON path of `expr`, for messages.
 */
export function typeOf(expr: Expr, schema: Schema, path: string): Type {
  switch (expr.kind) {
    case 'col':
      return fieldNamed(schema, expr.name, path).type;
    case 'lit':
      checkLiteral(expr.value, expr.type, path);
      return expr.type;
    case 'call':
      return resultOf(
        expr.fn,
        FUNCTIONS[expr.fn],
        expr.args.map((arg, i) => typeOf(arg, schema, `${path}.args[${i}]`)),
        path,
      );
    case 'cast':
      return castType(expr, schema, path);
    case 'case':
      return caseType(expr, schema, path);
    case 'field':
      return fieldType(expr, schema, path);
    case 'parse_json':
      return parsedType(expr, schema, path);
    default:
      return assertNever(expr, 'expression');
  }
}

/** As {@link typeOf}, and refuses every type but `accepted`. */
export function expectType(expr: Expr, schema: Schema, path: string, accepted: Type['kind']): void {
  const found = typeOf(expr, schema, path);
  if (found.kind !== accepted) {
    throw irError('ir.wrong-type', { path, what: 'the value', found: typeName(found), accepted });
  }
}

/** The type that a function gives for arguments of these types. */
export function resultOf(
  fn: string,
  signature: Signature | undefined,
  args: readonly Type[],
  path: string,
): Type {
  if (signature === undefined) {
    throw irError('ir.bad-node', { path, reason: `no function is named ${JSON.stringify(fn)}` });
  }
  const result = signature.resultOf(args);
  if (result) return result;
  throw irError('ir.wrong-arguments', {
    path,
    fn,
    found: args.map(typeName),
    accepted: signature.accepts,
  });
}

function castType(expr: Cast, schema: Schema, path: string): Type {
  const found = typeOf(expr.of, schema, `${path}.of`);
  if (isScalar(found)) return expr.to;
  throw irError('ir.wrong-type', {
    path: `${path}.of`,
    what: 'the value to cast',
    found: typeName(found),
    accepted: 'a scalar',
  });
}

function caseType(expr: Case, schema: Schema, path: string): Type {
  if (expr.whens.length !== expr.thens.length || expr.whens.length === 0) {
    throw irError('ir.bad-node', { path, reason: 'a case with unequal or no branches' });
  }
  expr.whens.forEach((when, i) => {
    expectType(when, schema, `${path}.whens[${i}]`, 'bool');
  });
  const result = typeOf(expr.otherwise, schema, `${path}.otherwise`);
  expr.thens.forEach((then, i) => {
    const at = `${path}.thens[${i}]`;
    const found = typeOf(then, schema, at);
    if (!isSameType(found, result)) {
      const accepted = `${typeName(result)}, as otherwise`;
      throw irError('ir.wrong-type', {
        path: at,
        what: 'a branch',
        found: typeName(found),
        accepted,
      });
    }
  });
  return result;
}

function fieldType(expr: FieldOf, schema: Schema, path: string): Type {
  const of = typeOf(expr.of, schema, `${path}.of`);
  if (of.kind === 'struct') return fieldNamed(of.fields, expr.name, path).type;
  throw irError('ir.wrong-type', {
    path: `${path}.of`,
    what: 'the value',
    found: typeName(of),
    accepted: 'a struct',
  });
}

function parsedType(expr: ParseJson, schema: Schema, path: string): Type {
  expectType(expr.text, schema, `${path}.text`, 'text');
  checkType(expr.type, `${path}.type`);
  return expr.type;
}
