import { rewriteUp } from '../children.ts';
import type { Node } from '../nodes.ts';
import type { Pass } from './pass.ts';

/** Of two repartitions directly above one another the lower one goes: the upper spreads the rows anew. */
export const dropRepartitions: Pass = {
  name: 'drop-repartitions',
  apply: (plan) => rewriteUp(plan, dropRepartition),
};

function dropRepartition(node: Node): Node {
  if (node.kind !== 'repartition' || node.input.kind !== 'repartition') return node;
  return { ...node, input: node.input.input };
}
