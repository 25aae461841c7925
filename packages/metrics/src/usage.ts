import { childrenOf, inputsOf, type Node, type Plan } from '@wavetune/ir';
import { byCodePoints } from './code-points.ts';
import type { Relation } from './relations.ts';

/** In how many relations' own expressions each column is read, by its name there. */
export type ColumnUsage = Readonly<Record<string, number>>;

export function columnUsageOf(relations: readonly Relation[]): ColumnUsage {
  const usage = new Map<string, number>();
  for (const { node } of relations) {
    for (const name of columnsReadBy(node)) usage.set(name, (usage.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...usage].sort(([a], [b]) => byCodePoints(a, b)));
}

/** The share of the most used column in all uses; undefined where no column is used. */
export function reuseOf(usage: ColumnUsage): number | undefined {
  const uses = Object.values(usage);
  if (uses.length === 0) return undefined;
  return Math.max(...uses) / uses.reduce((sum, n) => sum + n, 0);
}

/** The most used columns first, names in code-point order among equals: what to lay side by side. */
export function packOrderOf(usage: ColumnUsage): readonly string[] {
  return Object.entries(usage)
    .sort(([a, usesA], [b, usesB]) => usesB - usesA || byCodePoints(a, b))
    .map(([name]) => name);
}

/** The columns that a relation's own expressions name, and the list that it unnests. */
export function columnsReadBy(node: Plan): ReadonlySet<string> {
  const list = node.kind === 'unnest' ? [node.list] : [];
  const inputs = new Set<Node>(inputsOf(node));
  const own = childrenOf(node).filter((child) => !inputs.has(child));
  return new Set([...list, ...own.flatMap(namesIn)]);
}

function namesIn(node: Node): readonly string[] {
  return node.kind === 'col' ? [node.name] : childrenOf(node).flatMap(namesIn);
}
