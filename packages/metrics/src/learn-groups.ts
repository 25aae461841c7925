import type { Plan } from '@wavetune/ir';
import { digestsOf } from './digests.ts';
import { estimateRelation } from './estimate-plan.ts';
import { groupsTold } from './estimate-rows.ts';
import type { Observations } from './learn.ts';
import type { RelationEstimate } from './relation-estimate.ts';
import { relationsOf } from './relations.ts';
import type { TableLookup } from './statistics.ts';

/**
 * The observations of a run of `plan`, each aggregate's beside what the statistics of the files that it ran on told of its
 * groups: so that statistics of other files say whether they hold more of them.
 *
 * @param observations - Of this very plan, over the files that `tables` knows.
 */
export function withGroupsTold(
  plan: Plan,
  observations: Observations,
  tables: TableLookup,
): Observations {
  const relations = relationsOf(plan);
  const digests = digestsOf(relations);
  const estimates: RelationEstimate[] = [];
  const learned = new Map(observations);
  for (const [at, relation] of relations.entries()) {
    const inputs = relation.inputs.map((input) => estimates[input]);
    const seen = observations.get(digests[at]);
    estimates.push(estimateRelation(relation, { inputs, tables, seen, leaning: 'expected' }));
    if (relation.node.kind !== 'aggregate' || seen === undefined) continue;
    const told = groupsTold(relation.node, inputs[0]);
    if (told !== undefined && told > 0) learned.set(digests[at], { ...seen, groupsTold: told });
  }
  return learned;
}
