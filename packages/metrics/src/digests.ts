import { canonicalJson, sha256Hex } from '@wavetune/core';
import { onTables, type Relation } from './relations.ts';

/**
 * A digest for every relation, in their order: equal for the same question of other files. It says what a relation does and
 * to what, down to its scans, of which it knows the columns and their place among the scans of the plan, not the source.
 */
export function digestsOf(relations: readonly Relation[]): readonly string[] {
  const digests: string[] = [];
  let scans = 0;
  for (const { node, inputs, schema } of relations) {
    const alone = onTables(
      node,
      inputs.map(() => []),
    );
    const below = inputs.map((at) => digests[at]);
    const content = node.kind === 'scan' ? { scan: scans++, schema } : { node: alone, below };
    digests.push(sha256Hex(canonicalJson(content)));
  }
  return digests;
}
