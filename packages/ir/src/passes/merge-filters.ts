import { rewriteUp } from '../children.ts';
import type { Node } from '../nodes.ts';
import { conjunction, conjunctsOf } from './conjuncts.ts';
import { definePass } from './pass.ts';

/** `filter(filter(x, p), q)` is `filter(x, and(p, q))`: a row passes where both are true, and null passes neither. */
export const mergeFilters = definePass('merge-filters', (plan) => rewriteUp(plan, mergeFilter));

function mergeFilter(node: Node): Node {
  if (node.kind !== 'filter' || node.input.kind !== 'filter') return node;
  const { input, predicate } = node.input;
  const all = [...conjunctsOf(predicate), ...conjunctsOf(node.predicate)];
  return { kind: 'filter', input, predicate: conjunction(all) };
}
