import { rewriteUp } from '../children.ts';
import type { Node, Plan } from '../nodes.ts';
import { definePass } from './pass.ts';

/**
 * Of two repartitions the lower one goes where nothing but `filter`, `project` and `extend` stands between them: these
 * work wherever a row lies, and the upper spreads the rows anew.
 */
export const dropRepartitions = definePass('drop-repartitions', (plan) =>
  rewriteUp(plan, dropRepartition),
);

function dropRepartition(node: Node): Node {
  if (node.kind !== 'repartition') return node;
  const input = withoutRepartition(node.input);
  return input === node.input ? node : { ...node, input };
}

function withoutRepartition(plan: Plan): Plan {
  switch (plan.kind) {
    case 'repartition':
      return plan.input;
    case 'filter':
    case 'project':
    case 'extend': {
      const input = withoutRepartition(plan.input);
      return input === plan.input ? plan : { ...plan, input };
    }
    default:
      return plan;
  }
}
