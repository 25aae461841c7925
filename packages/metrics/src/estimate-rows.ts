import type { Join, Plan } from '@wavetune/ir';
import { expectedDistincts, type Leaning, scaledDistincts } from './distincts.ts';
import { distinctsOf } from './estimate-expr.ts';
import type { Observation } from './learn.ts';
import type { RelationEstimate } from './relation-estimate.ts';
import { selectivityOf } from './selectivity.ts';

/** Elements of a list of which nothing is known, and rows a group. Chosen. */
const LIST_LENGTH = 8;
const ROWS_A_GROUP = 10;

type Inputs = readonly RelationEstimate[];
/** What runs showed of a relation, and which way to lean where that leaves a choice. */
export interface Known {
  readonly seen: Observation | undefined;
  readonly leaning: Leaning;
}

type Of<P extends Plan['kind']> = Extract<Plan, { readonly kind: P }>;

/**
 * Rows that a relation above its inputs gives. What a run showed of it beats assumptions: the same share of a filter's
 * rows, the same elements a list, groups by {@link scaledDistincts}, and a join's rows grow
 * as the side that grows most, since the other mostly holds what that side refers to. Monotone in the rows of every input,
 * except of those that `anti` takes away.
 */
export function estimateRows(
  node: Exclude<Plan, { readonly kind: 'scan' }>,
  inputs: Inputs,
  known: Known,
): number {
  const [input] = inputs;
  const { seen } = known;
  switch (node.kind) {
    case 'filter':
      return input.rows * (shareSeen(seen) ?? selectivityOf(node.predicate, input));
    case 'unnest':
      return input.rows * (fanOutSeen(seen) ?? LIST_LENGTH);
    case 'join':
      return joinRows(node, inputs, seen);
    case 'aggregate':
      return node.groups.length === 0 ? 1 : groupRows(node, input, known);
    case 'limit':
      return Math.min(node.count, Math.max(0, input.rows - node.offset));
    case 'union':
      return inputs.reduce((sum, { rows }) => sum + rows, 0);
    default:
      return input.rows;
  }
}

/** Nothing kept of n rows is taken as half a row, so that more rows may keep some. */
function shareSeen(seen: Observation | undefined): number | undefined {
  if (seen === undefined || seen.inputRows[0] === 0) return undefined;
  return Math.min(1, Math.max(seen.rows, 0.5) / seen.inputRows[0]);
}

function fanOutSeen(seen: Observation | undefined): number | undefined {
  return seen === undefined || seen.inputRows[0] === 0 ? undefined : seen.rows / seen.inputRows[0];
}

function groupRows(node: Of<'aggregate'>, input: RelationEstimate, known: Known): number {
  const { seen, leaning } = known;
  if (seen !== undefined && seen.inputRows[0] > 0) {
    const { singletons, partGroups } = seen;
    const sample = {
      rows: seen.inputRows[0],
      distincts: seen.rows,
      ...(singletons === undefined ? {} : { singletons }),
      ...(partGroups === undefined ? {} : { partDistincts: partGroups }),
    };
    const scaled = scaledDistincts(sample, input.rows, leaning);
    return Math.min(input.rows, alongStatistics(scaled, seen, groupsTold(node, input)));
  }
  const groups = groupsTold(node, input) ?? input.rows / ROWS_A_GROUP;
  return Math.min(input.rows, Math.max(1, groups));
}

/**
 * Groups that were seen say nothing of keys that only other files have: where statistics told `groupsTold` of those seen and
 * tell more of these, groups grow at least as that, and where they tell fewer, they shrink at least as that.
 */
function alongStatistics(scaled: number, seen: Observation, told: number | undefined): number {
  if (told === undefined || seen.groupsTold === undefined) return scaled;
  const along = (seen.rows * told) / seen.groupsTold;
  return told < seen.groupsTold ? Math.min(scaled, along) : Math.max(scaled, along);
}

/** Groups of an aggregate by the statistics of its keys alone; undefined where they do not say how many keys there are. */
export function groupsTold(node: Of<'aggregate'>, input: RelationEstimate): number | undefined {
  const distincts = node.groups.map(({ expr }) => distinctsOf(input, expr));
  const domain = distincts.reduce<number>((product, n) => product * (n ?? Infinity), 1);
  return Number.isFinite(domain) ? expectedDistincts(domain, input.rows) : undefined;
}

function joinRows(node: Join, [left, right]: Inputs, seen: Observation | undefined): number {
  if (node.how === 'semi' || node.how === 'anti') {
    const kept = shareSeen(seen) ?? matchedShare(node, left, right);
    return left.rows * kept;
  }
  if (seen !== undefined && Math.max(...seen.inputRows) > 0) {
    return seenJoinRows(node.how, seen, left.rows, right.rows);
  }
  const inner = (left.rows * right.rows) / Math.max(1, keyDomain(node, left, right));
  const keepsLeft = node.how === 'left' || node.how === 'full';
  const keepsRight = node.how === 'right' || node.how === 'full';
  return Math.max(inner, keepsLeft ? left.rows : 0, keepsRight ? right.rows : 0);
}

/**
 * The rows grow with the side that grows most and shrink with the one that shrinks most; a side that is padded keeps its
 * rows. Short where both sides are a part of what their keys refer to one another by, as two samples are.
 */
function seenJoinRows(
  how: Join['how'],
  { rows, inputRows }: Observation,
  left: number,
  right: number,
): number {
  const growths = [left, right].map((now, side) => now / Math.max(1, inputRows[side]));
  const grown = Math.max(1, ...growths) * Math.min(1, ...growths);
  const kept = { left, right, full: Math.max(left, right), inner: 0, semi: 0, anti: 0 }[how];
  return Math.max(rows * grown, kept);
}

/** Distinct keys of the side that has more; where a side's are not known, the rows of the smaller side. */
function keyDomain(node: Join, left: RelationEstimate, right: RelationEstimate): number {
  const fallback = Math.min(left.rows, right.rows);
  const l = keyDistincts(node, 'left', left) ?? fallback;
  const r = keyDistincts(node, 'right', right) ?? fallback;
  return Math.max(l, r);
}

function keyDistincts(
  node: Join,
  side: 'left' | 'right',
  relation: RelationEstimate,
): number | undefined {
  const keys = node.on.map((pair) => {
    const key = pair[side];
    return distinctsOf(relation, key);
  });
  const product = keys.reduce<number>((all, n) => all * (n ?? Infinity), 1);
  return Number.isFinite(product) ? Math.min(product, relation.rows) : undefined;
}

/** Left rows with a partner, or for `anti` without one: by how many of the left's keys the right may hold, else half. */
function matchedShare(node: Join, left: RelationEstimate, right: RelationEstimate): number {
  const l = keyDistincts(node, 'left', left);
  const r = keyDistincts(node, 'right', right);
  const matched = l === undefined || r === undefined ? 1 / 2 : Math.min(1, r / Math.max(1, l));
  return node.how === 'semi' ? matched : 1 - matched;
}
