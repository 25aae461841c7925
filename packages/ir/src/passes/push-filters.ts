import { inputsOf, mapInputs } from '../children.ts';
import type { Expr, Join, Named, Plan } from '../nodes.ts';
import { createSchemaOf } from '../schema.ts';
import { conjunction, conjunctsOf } from './conjuncts.ts';
import { definePass } from './pass.ts';
import { columnsIn, isCheapToInline, substitute } from './substitute.ts';

/**
 * A filter sinks below whatever keeps its rows apart: each conjunct of it below `extend` and `project` where it needs
 * nothing that they compute, below `sort`, `repartition` and every input of `union`, and into the side of a join whose
 * rows it alone reads, unless that side's rows are padded with nulls. Filters that meet on the way become one.
 *
 * Cost: one walk down the plan, which carries the conjuncts.
 */
export const pushFilters = definePass('push-filters', (plan) => {
  const schemaOf = createSchemaOf();
  return sink(plan, [], (node) => new Set(schemaOf(node).map(({ name }) => name)));
});

type NamesOf = (plan: Plan) => ReadonlySet<string>;

/** The rows of `plan` for which all of `above` are true, every filter as far down as it goes. */
function sink(plan: Plan, above: readonly Expr[], namesOf: NamesOf): Plan {
  if (plan.kind === 'filter') {
    const own = conjunctsOf(plan.predicate);
    const sunk = sink(plan.input, [...own, ...above], namesOf);
    const isUnmoved = above.length === 0 && sunk.kind === 'filter' && sunk.input === plan.input;
    return isUnmoved && isSame(conjunctsOf(sunk.predicate), own) ? plan : sunk;
  }
  const sinking = above.map((conjunct) => ({ conjunct, inputs: goalsOf(plan, conjunct, namesOf) }));
  const inputs = inputsOf(plan);
  const below = mapInputs(plan, (input) => {
    const at = inputs.indexOf(input);
    return sink(
      input,
      sinking.flatMap(({ conjunct, inputs: goals }) =>
        goals.includes(at) ? [inside(plan, conjunct)] : [],
      ),
      namesOf,
    );
  });
  const left = sinking.flatMap(({ conjunct, inputs: goals }) =>
    goals.length === 0 ? [conjunct] : [],
  );
  return left.length === 0 ? below : { kind: 'filter', input: below, predicate: conjunction(left) };
}

/** Which inputs of the node may be filtered in its place; none where it must stay above. */
function goalsOf(plan: Plan, conjunct: Expr, namesOf: NamesOf): readonly number[] {
  switch (plan.kind) {
    case 'sort':
    case 'repartition':
      return [0];
    case 'union':
      return [...plan.inputs.keys()];
    case 'extend': {
      const known = namesOf(plan.input);
      return columnsIn(conjunct).every((name) => known.has(name)) ? [0] : [];
    }
    case 'project':
      return columnsIn(conjunct).every((name) => isFree(name, plan.columns)) ? [0] : [];
    case 'join':
      return joinGoals(plan, conjunct, namesOf);
    default:
      return [];
  }
}

/** True where the column costs nothing to write out anew. */
function isFree(name: string, columns: readonly Named[]): boolean {
  return isCheapToInline(
    columns.filter((column) => column.name === name),
    [name, name],
  );
}

function joinGoals(join: Join, conjunct: Expr, namesOf: NamesOf): readonly number[] {
  const keepsLeft = join.how !== 'right' && join.how !== 'full';
  const keepsRight = join.how === 'inner' || join.how === 'right';
  const left = namesOf(join.left);
  const names = columnsIn(conjunct);
  if (keepsLeft && names.every((name) => left.has(name))) return [0];
  return keepsRight && names.every((name) => !left.has(name)) ? [1] : [];
}

/** The conjunct as the input of the node says it. */
function inside(plan: Plan, conjunct: Expr): Expr {
  return plan.kind === 'project' ? substitute(conjunct, plan.columns) : conjunct;
}

function isSame(a: readonly Expr[], b: readonly Expr[]): boolean {
  return a.length === b.length && a.every((expr, i) => expr === b[i]);
}
