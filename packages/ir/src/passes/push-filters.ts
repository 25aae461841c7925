import { rewriteUp } from '../children.ts';
import type { Expr, Filter, Join, Node, Plan } from '../nodes.ts';
import { schemaOf } from '../schema.ts';
import { conjunction, conjunctsOf } from './conjuncts.ts';
import type { Pass } from './pass.ts';
import { columnsIn, isCheapToInline, substitute } from './substitute.ts';

/**
 * A filter sinks below whatever keeps its rows apart: each conjunct of it below `extend` and `project` where it needs
 * nothing that they compute, below `sort`, `repartition` and every input of `union`, and into the side of a join whose
 * rows it alone reads, unless that side's rows are padded with nulls.
 */
export const pushFilters: Pass = {
  name: 'push-filters',
  apply: (plan) => rewriteUp(plan, pushFilter),
};

function pushFilter(node: Node): Node {
  if (node.kind !== 'filter') return node;
  const below = node.input;
  switch (below.kind) {
    case 'sort':
    case 'repartition':
      return { ...below, input: pushed(below.input, [node.predicate]) };
    case 'union':
      return { ...below, inputs: below.inputs.map((input) => pushed(input, [node.predicate])) };
    case 'extend': {
      const known = namesOf(below.input);
      const [down, up] = split(node, (conjunct) => columnsIn(conjunct).every((c) => known.has(c)));
      return down.length === 0
        ? node
        : filtered({ ...below, input: pushed(below.input, down) }, up);
    }
    case 'project': {
      const { columns } = below;
      const isFree = (c: string): boolean =>
        isCheapToInline(
          columns.filter(({ name }) => name === c),
          [c, c],
        );
      const [down, up] = split(node, (conjunct) => columnsIn(conjunct).every(isFree));
      if (down.length === 0) return node;
      const inner = down.map((conjunct) => substitute(conjunct, columns));
      return filtered({ ...below, input: pushed(below.input, inner) }, up);
    }
    case 'join':
      return pushIntoJoin(node, below);
    default:
      return node;
  }
}

function pushIntoJoin(node: Filter, join: Join): Plan {
  const keepsLeft = join.how !== 'right' && join.how !== 'full';
  const keepsRight = join.how === 'inner' || join.how === 'right';
  const left = namesOf(join.left);
  const isLeft = (e: Expr): boolean => keepsLeft && columnsIn(e).every((c) => left.has(c));
  const isRight = (e: Expr): boolean => keepsRight && columnsIn(e).every((c) => !left.has(c));
  const [toLeft, rest] = split(node, isLeft);
  const toRight = rest.filter(isRight);
  if (toLeft.length + toRight.length === 0) return node;
  return filtered(
    { ...join, left: pushed(join.left, toLeft), right: pushed(join.right, toRight) },
    rest.filter((conjunct) => !toRight.includes(conjunct)),
  );
}

/** As {@link filtered}, and each filter sinks on. */
function pushed(plan: Plan, conjuncts: readonly Expr[]): Plan {
  const result = filtered(plan, conjuncts);
  return result === plan ? plan : (pushFilter(result) as Plan);
}

function filtered(plan: Plan, conjuncts: readonly Expr[]): Plan {
  if (conjuncts.length === 0) return plan;
  return { kind: 'filter', input: plan, predicate: conjunction(conjuncts) };
}

function split(filter: Filter, goesDown: (conjunct: Expr) => boolean): [Expr[], Expr[]] {
  const all = conjunctsOf(filter.predicate);
  return [all.filter(goesDown), all.filter((conjunct) => !goesDown(conjunct))];
}

function namesOf(plan: Plan): ReadonlySet<string> {
  return new Set(schemaOf(plan).map(({ name }) => name));
}
