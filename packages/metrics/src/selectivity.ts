import type { Call, Expr } from '@wavetune/ir';
import { estimateExpr } from './estimate-expr.ts';
import type { RelationEstimate } from './relation-estimate.ts';
import type { ColumnStatistics } from './statistics.ts';

/** System R's constants (Selinger et al., SIGMOD 1979): of an equality, of a comparison. */
const EQUALITY = 1 / 10;
const COMPARISON = 1 / 3;
/** Of a text that begins so, a pattern that is found, an element that is in a list; of nulls; of what is not looked into. Chosen. */
const MATCH = 1 / 10;
const NULLS = 1 / 20;
const UNKNOWN = 1 / 2;

/** The share of rows for which `predicate` is true, in `[0, 1]`; conjuncts are taken as independent. */
export function selectivityOf(predicate: Expr, input: RelationEstimate): number {
  switch (predicate.kind) {
    case 'lit':
      return predicate.value === true ? 1 : 0;
    case 'call':
      return callSelectivity(predicate, input);
    default:
      return UNKNOWN;
  }
}

function callSelectivity({ fn, args }: Call, input: RelationEstimate): number {
  switch (fn) {
    case 'and':
      return args.reduce((share, arg) => share * selectivityOf(arg, input), 1);
    case 'or':
      return 1 - args.reduce((rest, arg) => rest * (1 - selectivityOf(arg, input)), 1);
    case 'not':
      return 1 - selectivityOf(args[0], input);
    case 'is_not_distinct':
      return equality(args, input);
    case 'eq':
      return present(args, input) * equality(args, input);
    case 'ne':
      return present(args, input) * (1 - equality(args, input));
    case 'lt':
    case 'le':
      return present(args, input) * below(args[0], args[1], input);
    case 'gt':
    case 'ge':
      return present(args, input) * below(args[1], args[0], input);
    case 'is_null':
      return knownOf(args[0], input)?.nullShare ?? NULLS;
    case 'starts_with':
    case 'regex_match':
    case 'list_contains':
    case 'is_nan':
      return MATCH;
    default:
      return UNKNOWN;
  }
}

/** The share of rows in which no side is null, where a comparison can be true. */
function present(args: readonly Expr[], input: RelationEstimate): number {
  return args.reduce((share, arg) => share * (1 - (knownOf(arg, input)?.nullShare ?? 0)), 1);
}

/** One of as many values as the side with more of them has. */
function equality(args: readonly Expr[], input: RelationEstimate): number {
  const distincts = args.flatMap((arg) => knownOf(arg, input)?.distincts ?? []);
  return distincts.length === 0 ? EQUALITY : 1 / Math.max(1, ...distincts);
}

/** `left < right`, where one has a range and the other is a constant: that part of the range. */
function below(left: Expr, right: Expr, input: RelationEstimate): number {
  const upper = shareBelow(knownOf(left, input), numberOf(right));
  if (upper !== undefined) return upper;
  const lower = shareBelow(knownOf(right, input), numberOf(left));
  return lower === undefined ? COMPARISON : 1 - lower;
}

function shareBelow(column: ColumnStatistics | undefined, value: number): number | undefined {
  const { min, max } = column ?? {};
  if (min === undefined || max === undefined || Number.isNaN(value)) return undefined;
  if (max <= min) return value > min ? 1 : 0;
  return Math.min(1, Math.max(0, (value - min) / (max - min)));
}

/** What is known of a value that differs by row; undefined of a constant. */
function knownOf(expr: Expr, input: RelationEstimate): ColumnStatistics | undefined {
  return expr.kind === 'lit' || (expr.kind === 'cast' && expr.of.kind === 'lit')
    ? undefined
    : estimateExpr(expr, input.columns);
}

/** Of a number that is written in the plan; NaN of all else. */
function numberOf(expr: Expr): number {
  if (expr.kind === 'cast') return numberOf(expr.of);
  if (expr.kind !== 'lit' || typeof expr.value !== 'string' || expr.type.kind === 'text') {
    return Number.NaN;
  }
  return Number(expr.value);
}
