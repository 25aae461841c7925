import { createSchemaOf, inputsOf, type Plan, type Schema, verifyPlan } from '@wavetune/ir';

/** A relation of a plan and where it stands. */
export interface Relation {
  readonly node: Plan;
  /** As in the messages of `ir`: `$` the plan itself, `$.input`, `$.left.inputs[1]`, … */
  readonly path: string;
  /** Which relations of the same list are its inputs, in the order of the plan. */
  readonly inputs: readonly number[];
  readonly schema: Schema;
}

/**
 * Every relation of a verified plan, inputs before what reads them, the plan itself last. Linear in the plan.
 *
 * @throws WavetuneError `ir.*` for a plan that does not verify.
 */
export function relationsOf(plan: Plan): readonly Relation[] {
  const schemaOf = createSchemaOf();
  schemaOf(verifyPlan(plan));
  const relations: Relation[] = [];
  const visit = (node: Plan, path: string): number => {
    const inputs = inputsOf(node).map((below, i) => visit(below, `${path}.${keyOf(node, i)}`));
    return relations.push({ node, path, inputs, schema: schemaOf(node) }) - 1;
  };
  visit(plan, '$');
  return relations;
}

/** The node alone: over tables of these schemas, named `input0` and so on. */
export function onTables(node: Plan, schemas: readonly Schema[]): Plan {
  const tables = schemas.map(
    (columns, input): Plan => ({
      kind: 'scan',
      source: { format: 'table', name: `input${input}`, columns },
    }),
  );
  return withInputs(node, tables);
}

/** The node over other inputs, in the order of the plan. */
export function withInputs(node: Plan, inputs: readonly Plan[]): Plan {
  switch (node.kind) {
    case 'scan':
      return node;
    case 'join':
      return { ...node, left: inputs[0], right: inputs[1] };
    case 'union':
      return { ...node, inputs };
    default:
      return { ...node, input: inputs[0] };
  }
}

/** Where the node holds its i-th input. */
function keyOf({ kind }: Plan, i: number): string {
  if (kind === 'join') return i === 0 ? 'left' : 'right';
  return kind === 'union' ? `inputs[${i}]` : 'input';
}
