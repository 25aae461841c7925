import { canonicalJson, sha256Hex } from '@wavetune/core';
import type { Plan } from '@wavetune/ir';
import { type Relation, withInputs } from './relations.ts';

/** In the place of an input, whose digest stands beside. */
const INPUT: Plan = { kind: 'scan', source: { format: 'table', name: 'input', columns: [] } };

/**
 * A digest for every relation, in their order: equal for the same question of other files. It says what a relation does and
 * to what, down to its scans, of which it knows the columns and their place among the scans of the plan, not the source.
 */
export function digestsOf(relations: readonly Relation[]): readonly string[] {
  const digests: string[] = [];
  let scans = 0;
  for (const { node, inputs, schema } of relations) {
    const alone = withInputs(
      node,
      inputs.map(() => INPUT),
    );
    const below = inputs.map((at) => digests[at]);
    const content = node.kind === 'scan' ? { scan: scans++, schema } : { node: alone, below };
    digests.push(sha256Hex(canonicalJson(content)));
  }
  return digests;
}
