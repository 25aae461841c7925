import { inputsOf, mapInputs } from '../children.ts';
import type { Expr, Join, Plan } from '../nodes.ts';
import { createSchemaOf } from '../schema.ts';
import { conjunction, conjunctsOf } from './conjuncts.ts';
import { definePass } from './pass.ts';
import { type Computed, columnsIn, computedBy, substitute } from './substitute.ts';

/**
 * A filter sinks below whatever keeps its rows apart: each conjunct of it below `extend` and `project` where it needs
 * nothing that they compute, below `sort`, `repartition` and every input of `union`, and into the side of a join whose
 * rows it alone reads, unless that side's rows are padded with nulls. Filters that meet on the way become one.
 *
 * Cost: one walk down the plan, which carries the conjuncts.
 */
export const pushFilters = definePass('push-filters', (plan) => sink(plan, [], createNamesOf()));

/** One of several conditions, and the columns that it names. */
interface Conjunct {
  readonly expr: Expr;
  readonly columns: readonly string[];
}

type NamesOf = (plan: Plan) => ReadonlySet<string>;

/** The columns of a relation, found once for each. */
function createNamesOf(): NamesOf {
  const schemaOf = createSchemaOf();
  const known = new Map<Plan, ReadonlySet<string>>();
  return (plan) => {
    const names = known.get(plan) ?? new Set(schemaOf(plan).map(({ name }) => name));
    known.set(plan, names);
    return names;
  };
}

/** The rows of `plan` for which all of `above` are true, every filter as far down as it goes. */
function sink(plan: Plan, above: readonly Conjunct[], namesOf: NamesOf): Plan {
  if (plan.kind === 'filter') {
    const own = conjunctsOf(plan.predicate).map(toConjunct);
    const sunk = sink(plan.input, [...own, ...above], namesOf);
    const isUnmoved = above.length === 0 && sunk.kind === 'filter' && sunk.input === plan.input;
    return isUnmoved && isSame(conjunctsOf(sunk.predicate), own) ? plan : sunk;
  }
  const computed = plan.kind === 'project' ? computedBy(plan.columns) : NOTHING;
  const goals = above.map((conjunct) => goalsOf(plan, conjunct, { namesOf, computed }));
  const inputs = inputsOf(plan);
  const below = mapInputs(plan, (input) => {
    const at = inputs.indexOf(input);
    const sinking = above.filter((_, i) => goals[i].includes(at));
    return sink(
      input,
      sinking.map((conjunct) => inside(conjunct, computed)),
      namesOf,
    );
  });
  const left = above.filter((_, i) => goals[i].length === 0);
  if (left.length === 0) return below;
  return { kind: 'filter', input: below, predicate: conjunction(left.map(({ expr }) => expr)) };
}

const NOTHING: Computed = new Map();

function toConjunct(expr: Expr): Conjunct {
  return { expr, columns: columnsIn(expr) };
}

interface Names {
  readonly namesOf: NamesOf;
  /** By the node itself, where it is a projection. */
  readonly computed: Computed;
}

/** Which inputs of the node may be filtered in its place; none where it must stay above. */
function goalsOf(
  plan: Plan,
  { columns }: Conjunct,
  { namesOf, computed }: Names,
): readonly number[] {
  switch (plan.kind) {
    case 'sort':
    case 'repartition':
      return [0];
    case 'union':
      return [...plan.inputs.keys()];
    case 'extend': {
      const known = namesOf(plan.input);
      return columns.every((name) => known.has(name)) ? [0] : [];
    }
    case 'project':
      return columns.every((name) => isFree(computed.get(name))) ? [0] : [];
    case 'join':
      return joinGoals(plan, columns, namesOf);
    default:
      return [];
  }
}

/** True where writing it out anew computes nothing twice. */
function isFree(expr: Expr | undefined): boolean {
  return expr?.kind === 'col' || expr?.kind === 'lit';
}

function joinGoals(join: Join, columns: readonly string[], namesOf: NamesOf): readonly number[] {
  const keepsLeft = join.how !== 'right' && join.how !== 'full';
  const keepsRight = join.how === 'inner' || join.how === 'right';
  const left = namesOf(join.left);
  if (keepsLeft && columns.every((name) => left.has(name))) return [0];
  return keepsRight && columns.every((name) => !left.has(name)) ? [1] : [];
}

/** The conjunct as the input of a node says it that computes this. */
function inside(conjunct: Conjunct, computed: Computed): Conjunct {
  if (computed.size === 0) return conjunct;
  const expr = substitute(conjunct.expr, computed);
  return expr === conjunct.expr ? conjunct : toConjunct(expr);
}

function isSame(a: readonly Expr[], b: readonly Conjunct[]): boolean {
  return a.length === b.length && a.every((expr, i) => expr === b[i].expr);
}
