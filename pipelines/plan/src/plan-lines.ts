import { type Plan, printPlan } from '@wavetune/ir';
import { onTables, type Relation, relationsOf } from '@wavetune/metrics';

/** A relation in a printed plan. */
export interface PlanLine {
  readonly relation: Relation;
  /** Steps from the plan itself. */
  readonly depth: number;
  /** The node without its inputs, as the printed plan has it. */
  readonly text: string;
}

/** The relations from the plan itself down, each before its inputs. */
export function planLines(plan: Plan): readonly PlanLine[] {
  const relations = relationsOf(plan);
  const visit = (at: number, depth: number): readonly PlanLine[] => {
    const relation = relations[at];
    const schemas = relation.inputs.map((input) => relations[input].schema);
    const [text] = printPlan(onTables(relation.node, schemas)).split('\n');
    return [
      { relation, depth, text },
      ...relation.inputs.flatMap((input) => visit(input, depth + 1)),
    ];
  };
  return visit(relations.length - 1, 0);
}
