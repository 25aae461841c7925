import { rewriteUp } from '../children.ts';
import type { Call, Case, Expr, Lit, Node } from '../nodes.ts';
import { bool, valueOfCall, valueOfCast } from './constant-calls.ts';
import { definePass } from './pass.ts';

/**
 * What is known already is written as a constant, wherever an expression stands: calls and casts of constants, `and`,
 * `or` and `coalesce` that a constant decides, comparisons and arithmetic with null, branches of `case` that are never or
 * always taken, filters that let every row pass. Nulls as SQL has them: `and(null, false)` is false, `and(null, true)` is
 * null. What would fail is left to fail.
 */
export const foldConstants = definePass('fold-constants', (plan) => rewriteUp(plan, fold));

function fold(node: Node): Node {
  switch (node.kind) {
    case 'filter':
      return isBool(node.predicate, true) ? node.input : node;
    case 'call':
      return foldCall(node);
    case 'cast':
      return (node.of.kind === 'lit' && valueOfCast(node, node.of)) || node;
    case 'case':
      return foldCase(node);
    default:
      return node;
  }
}

function foldCall(call: Call): Expr {
  switch (call.fn) {
    case 'and':
      return foldConnective(call, false);
    case 'or':
      return foldConnective(call, true);
    case 'coalesce':
      return foldCoalesce(call);
    default:
      if (call.args.every(isLiteral)) return valueOfCall(call, call.args) ?? call;
      return nullOf(call) ?? call;
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

/** Nulls are passed over, and nothing behind a constant is reached. */
function foldCoalesce(call: Call): Expr {
  const present = call.args.filter((arg) => !isNull(arg));
  if (present.length === 0) return call.args[0];
  const settled = present.findIndex(isLiteral);
  const args = settled < 0 ? present : present.slice(0, settled + 1);
  if (args.length === 1) return args[0];
  return args.length === call.args.length ? call : { ...call, args };
}

/** The null that a comparison or an arithmetic with a constant null is, whatever the other side. */
function nullOf(call: Call): Lit | undefined {
  const found = call.args.find(isNull);
  if (found?.kind !== 'lit') return undefined;
  switch (call.fn) {
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return bool(null);
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'mod':
      return found;
    default:
      return undefined;
  }
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

function isLiteral(expr: Expr): expr is Lit {
  return expr.kind === 'lit';
}

function isNull(expr: Expr): boolean {
  return expr.kind === 'lit' && expr.value === null;
}

function isNever(when: Expr): boolean {
  return when.kind === 'lit' && when.value !== true;
}

function isBool(expr: Expr, value: boolean): boolean {
  return expr.kind === 'lit' && expr.value === value;
}
