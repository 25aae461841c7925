import { lit } from '../build-exprs.ts';
import { rewriteUp } from '../children.ts';
import type { FunctionName } from '../functions.ts';
import type { Call, Cast, Expr, Filter, Lit, Node } from '../nodes.ts';
import { schemaOf } from '../schema.ts';
import { F64, isInteger, type ScalarType, type Schema } from '../types.ts';
import { conjunction, conjunctsOf } from './conjuncts.ts';
import { definePass } from './pass.ts';

/**
 * A filter that stands on a scan of Parquet compares the file's columns themselves, for a reader holds only that against
 * the statistics of a row group: a comparison of an integer column, cast to f64, with a constant becomes one of integers.
 * The columns that nothing needs are gone from the scan already, and the filter has sunk to it, by the passes before.
 */
export const pushToParquet = definePass('push-to-parquet', (plan) => rewriteUp(plan, pushed));

function pushed(node: Node): Node {
  if (node.kind !== 'filter' || !isOnParquet(node)) return node;
  const schema = schemaOf(node.input);
  const conjuncts = conjunctsOf(node.predicate);
  const compared = conjuncts.map((conjunct) => ofColumns(conjunct, schema));
  if (compared.every((conjunct, i) => conjunct === conjuncts[i])) return node;
  return { ...node, predicate: conjunction(compared) };
}

function isOnParquet({ input }: Filter): boolean {
  return input.kind === 'scan' && input.source.format === 'parquet';
}

/** The comparison seen from the other side. */
const MIRRORED: Partial<Readonly<Record<FunctionName, FunctionName>>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'gt',
  le: 'ge',
  gt: 'lt',
  ge: 'le',
};

function ofColumns(conjunct: Expr, schema: Schema): Expr {
  if (conjunct.kind !== 'call') return conjunct;
  const mirrored = MIRRORED[conjunct.fn];
  if (mirrored === undefined) return conjunct;
  const [left, right] = conjunct.args;
  if (left.kind === 'lit')
    return ofColumn(conjunct, { fn: mirrored, side: right, bound: left }, schema);
  return right.kind === 'lit'
    ? ofColumn(conjunct, { fn: conjunct.fn, side: left, bound: right }, schema)
    : conjunct;
}

interface Comparison {
  readonly fn: FunctionName;
  readonly side: Expr;
  readonly bound: Lit;
}

/**
 * Exact for bounds within ±2^53: there every integer is an f64 of its own, and beyond it a rounded one stays on its side.
 */
function ofColumn(as: Call, { fn, side, bound }: Comparison, schema: Schema): Expr {
  const type = integerUnder(side, schema);
  const value = Number(bound.value);
  if (type === undefined || bound.value === null || !(Math.abs(value) < 2 ** 53)) return as;
  const whole = wholeBound(fn, value);
  if (whole === undefined || (type.kind === 'u64' && whole < 0n)) return as;
  return { kind: 'call', fn, args: [(side as Cast).of, lit(whole, type)] };
}

/** The type of the column that is cast to f64. */
function integerUnder(expr: Expr, schema: Schema): ScalarType | undefined {
  if (expr.kind !== 'cast' || expr.to.kind !== F64.kind || expr.of.kind !== 'col') return undefined;
  const { name } = expr.of;
  const type = schema.find((field) => field.name === name)?.type;
  return type && isInteger(type) ? (type as ScalarType) : undefined;
}

/** The integer that the same integers pass; undefined where none does, as for equality with a fraction. */
function wholeBound(fn: FunctionName, value: number): bigint | undefined {
  if (Number.isInteger(value)) return BigInt(value);
  if (fn === 'gt' || fn === 'le') return BigInt(Math.floor(value));
  return fn === 'lt' || fn === 'ge' ? BigInt(Math.ceil(value)) : undefined;
}
