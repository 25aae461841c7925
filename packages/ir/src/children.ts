import type { Node, Plan } from './nodes.ts';

type ChildKey<N> = {
  [K in keyof N]-?: NonNullable<N[K]> extends Node | readonly Node[] ? K : never;
}[keyof N];

type ChildTable = {
  readonly [N in Node as N['kind']]: { readonly [K in ChildKey<N>]: true };
};

/** Which keys of which node hold nodes; a kind or a key that is missing here does not compile. */
const CHILDREN: ChildTable = {
  scan: {},
  filter: { input: true, predicate: true },
  project: { input: true, columns: true },
  extend: { input: true, columns: true },
  unnest: { input: true },
  join: { left: true, right: true, on: true },
  aggregate: { input: true, groups: true, measures: true },
  window: { input: true, partitionBy: true, orderBy: true, columns: true },
  sort: { input: true, keys: true },
  limit: { input: true },
  union: { inputs: true },
  repartition: { input: true, by: true },
  col: {},
  lit: {},
  call: { args: true },
  cast: { of: true },
  case: { whens: true, thens: true, otherwise: true },
  field: { of: true },
  parse_json: { text: true },
  named: { expr: true },
  key: { expr: true },
  pair: { left: true, right: true },
  measure: { args: true, orderBy: true },
  over: { args: true },
};

/** The nodes directly below, in the order of the child table. */
export function childrenOf(node: Node): readonly Node[] {
  return Object.keys(CHILDREN[node.kind]).flatMap((key) => childAt(node, key));
}

/**
 * The node with each child replaced by `map(child)`, which keeps the child's place in the grammar (a relation for a
 * relation, an expression for an expression); the same object where every child is the same object.
 */
export function mapChildren<N extends Node>(node: N, map: (child: Node) => Node): N {
  const changes: Record<string, Node | readonly Node[]> = {};
  for (const key of Object.keys(CHILDREN[node.kind])) {
    const old = childAt(node, key);
    const mapped = Array.isArray(old) ? mapArray(old, map) : map(old as Node);
    if (mapped !== old) changes[key] = mapped;
  }
  return Object.keys(changes).length === 0 ? node : { ...node, ...changes };
}

/** The relations directly below, the left of a join first. */
export function inputsOf(plan: Plan): readonly Plan[] {
  switch (plan.kind) {
    case 'scan':
      return [];
    case 'join':
      return [plan.left, plan.right];
    case 'union':
      return plan.inputs;
    default:
      return [plan.input];
  }
}

/** As {@link mapChildren}, of the relations directly below alone. */
export function mapInputs<P extends Plan>(plan: P, map: (input: Plan) => Plan): P {
  const inputs = new Set<Node>(inputsOf(plan));
  return mapChildren(plan, (child) => (inputs.has(child) ? map(child as Plan) : child));
}

/** Rewrites a tree from the leaves to the root; the same object where `rule` changes nothing. */
export function rewriteUp<N extends Node>(node: N, rule: (node: Node) => Node): N {
  return rule(mapChildren(node, (child) => rewriteUp(child, rule))) as N;
}

function childAt(node: Node, key: string): Node | readonly Node[] {
  return (node as unknown as Readonly<Record<string, Node | readonly Node[]>>)[key];
}

function mapArray(nodes: readonly Node[], map: (child: Node) => Node): readonly Node[] {
  const mapped = nodes.map(map);
  return mapped.every((node, i) => node === nodes[i]) ? nodes : mapped;
}
