import { rewriteUp } from '../children.ts';
import type { Call, Case, Expr, Lit, Node } from '../nodes.ts';
import type { Pass } from './pass.ts';

/**
 * Conditions that are known already: `and`, `or`, `not`, `is_null` and comparisons over constants, branches of `case` that
 * are never or always taken, and filters that let every row pass. Nulls as SQL has them: `and(null, false)` is false,
 * `and(null, true)` is null.
 */
export const foldConstants: Pass = {
  name: 'fold-constants',
  apply: (plan) => rewriteUp(plan, fold),
};

function fold(node: Node): Node {
  switch (node.kind) {
    case 'filter':
      return isBool(node.predicate, true) ? node.input : node;
    case 'call':
      return foldCall(node);
    case 'case':
      return foldCase(node);
    default:
      return node;
  }
}

function foldCall(call: Call): Expr {
  const [first, second] = call.args;
  switch (call.fn) {
    case 'and':
      return foldConnective(call, false);
    case 'or':
      return foldConnective(call, true);
    case 'not':
      return first.kind === 'lit' ? bool(first.value === null ? null : first.value !== true) : call;
    case 'is_null':
      return first.kind === 'lit' ? bool(first.value === null) : call;
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return first.kind === 'lit' && second.kind === 'lit'
        ? foldComparison(call, first, second)
        : call;
    default:
      return call;
  }
}

/** `decisive` settles the connective, its opposite is left out, null stays. */
function foldConnective(call: Call, decisive: boolean): Expr {
  if (call.args.some((arg) => isBool(arg, decisive))) return bool(decisive);
  const args = call.args.filter((arg) => !isBool(arg, !decisive));
  if (args.length === 0) return bool(!decisive);
  if (args.length === 1) return args[0];
  return args.length === call.args.length ? call : { ...call, args };
}

function foldComparison(call: Call, a: Lit, b: Lit): Expr {
  if (a.value === null || b.value === null) return bool(null);
  const sign = order(a, b);
  switch (call.fn) {
    case 'eq':
      return bool(sign === 0);
    case 'ne':
      return bool(sign !== 0);
    case 'lt':
      return bool(sign < 0);
    case 'le':
      return bool(sign <= 0);
    case 'gt':
      return bool(sign > 0);
    default:
      return bool(sign >= 0);
  }
}

/** Negative, zero or positive as `a` sorts before, with or after `b`, of one type and not null. */
function order(a: Lit, b: Lit): number {
  switch (a.type.kind) {
    case 'f64':
      return orderNumbers(Number(a.value), Number(b.value));
    case 'i64':
    case 'u64': {
      const [x, y] = [BigInt(a.value as string), BigInt(b.value as string)];
      return x < y ? -1 : Number(x > y);
    }
    case 'bool':
      return Number(a.value) - Number(b.value);
    case 'text':
      return Buffer.compare(Buffer.from(a.value as string), Buffer.from(b.value as string));
  }
}

function orderNumbers(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  return x < y ? -1 : Number(x > y);
}

function foldCase(node: Case): Expr {
  const taken = node.whens.findIndex((when) => isBool(when, true));
  const end = taken < 0 ? node.whens.length : taken;
  const places = node.whens.flatMap((when, i) => (i < end && !isNever(when) ? [i] : []));
  const otherwise = taken < 0 ? node.otherwise : node.thens[taken];
  if (places.length === 0) return otherwise;
  if (places.length === node.whens.length) return node;
  return {
    kind: 'case',
    whens: places.map((i) => node.whens[i]),
    thens: places.map((i) => node.thens[i]),
    otherwise,
  };
}

function isNever(when: Expr): boolean {
  return when.kind === 'lit' && when.value !== true;
}

function isBool(expr: Expr, value: boolean): boolean {
  return expr.kind === 'lit' && expr.value === value;
}

function bool(value: boolean | null): Lit {
  return { kind: 'lit', type: { kind: 'bool' }, value };
}
