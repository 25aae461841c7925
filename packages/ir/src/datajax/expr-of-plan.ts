import { canonicalJson, isWavetuneError } from '@wavetune/core';
import { lit } from '../build-exprs.ts';
import { rewriteUp } from '../children.ts';
import type { FunctionName } from '../functions.ts';
import { irError } from '../ir-errors.ts';
import type { Expr, Lit, Node } from '../nodes.ts';
import type { Schema } from '../types.ts';
import type { Typed } from './common-type.ts';
import { exprOfDatajax } from './expr-of-trace.ts';
import { CMP_OPS, type DatajaxExpr, type DatajaxScalar, LOGIC_OPS } from './trace.ts';

/** Where an expression stands in a plan. */
export interface ExprPlace {
  readonly schema: Schema;
  readonly path: string;
  /** What the step around it makes of the expression that it reads; the expression itself where this is left out. */
  readonly regain?: (typed: Typed) => Expr | undefined;
}

/**
 * The datajax expression that means `expr`: it is proven by reading it back.
 *
 * @throws WavetuneError `ir.not-expressible`
 */
export function datajaxOfExpr(expr: Expr, place: ExprPlace): DatajaxExpr {
  const { schema, path, regain = (typed) => typed.expr } = place;
  const found = drafted(expr, path);
  const back = regain(readBack(found, schema, path));
  if (back && canonicalJson(plain(back)) === canonicalJson(plain(expr))) return found;
  throw irError('ir.not-expressible', { path, reason: OTHER_TYPES });
}

const OTHER_TYPES = 'datajax would give it other types';

function readBack(found: DatajaxExpr, schema: Schema, path: string): Typed {
  try {
    return exprOfDatajax(found, schema, path);
  } catch (cause) {
    if (!isWavetuneError(cause, 'ir.wrong-type')) throw cause;
    throw irError('ir.not-expressible', { path, reason: OTHER_TYPES }, { cause });
  }
}

/** The expression without its casts, which datajax does not write. */
function drafted(expr: Expr, path: string): DatajaxExpr {
  switch (expr.kind) {
    case 'col':
      return { kind: 'col', name: expr.name };
    case 'lit':
      return { kind: 'lit', value: scalarOf(expr, path) };
    case 'cast':
      return drafted(expr.of, `${path}.of`);
    case 'call': {
      const operation = OPERATIONS[expr.fn];
      if (operation === undefined) {
        throw irError('ir.not-expressible', { path, reason: `function ${expr.fn}` });
      }
      const args = expr.args.map((arg, i) => drafted(arg, `${path}.args[${i}]`));
      return args.reduce((left, right) => ({ ...operation, left, right }) as DatajaxExpr);
    }
    default:
      throw irError('ir.not-expressible', { path, reason: expr.kind });
  }
}

/** What datajax calls our functions of two arguments. */
const OPERATIONS: Partial<
  Readonly<Record<FunctionName, { readonly kind: string; readonly op: string }>>
> = {
  ...Object.fromEntries(CMP_OPS.map((op) => [op, { kind: 'cmp', op }])),
  ...Object.fromEntries(LOGIC_OPS.map((op) => [op, { kind: 'logic', op }])),
  add: { kind: 'bin', op: 'add' },
  sub: { kind: 'bin', op: 'sub' },
  mul: { kind: 'bin', op: 'mul' },
  div: { kind: 'bin', op: 'truediv' },
  concat: { kind: 'bin', op: 'add' },
};

function scalarOf({ value, type }: Lit, path: string): DatajaxScalar {
  if (value === null || typeof value === 'boolean' || type.kind === 'text') return value;
  if (type.kind !== 'f64') return BigInt(value);
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw irError('ir.not-expressible', { path, reason: `${value}, which JSON has not` });
}

/** One spelling for expressions that mean the same: chains of one connective flat, floats in their shortest form. */
function plain(expr: Expr): Expr {
  return rewriteUp<Expr>(expr, (node: Node) => {
    if (node.kind === 'lit' && node.type.kind === 'f64' && node.value !== null) {
      return lit(Number(node.value));
    }
    if (node.kind !== 'call' || !['and', 'or', 'concat'].includes(node.fn)) return node;
    const args = node.args.flatMap((arg) =>
      arg.kind === 'call' && arg.fn === node.fn ? arg.args : [arg],
    );
    return args.length === 1 ? args[0] : { ...node, args };
  });
}
