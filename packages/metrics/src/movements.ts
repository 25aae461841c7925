import { canonicalJson } from '@wavetune/core';
import type { Expr, Named, Plan } from '@wavetune/ir';
import type { Relation } from './relations.ts';

/**
 * How rows lie over workers: by the hash of these expressions, or all of them at each where there are none, over so many
 * parts where that was said; undefined: anyhow.
 */
type Spread = { readonly by: readonly string[]; readonly parts?: number } | undefined;

/**
 * For every relation, which of its inputs change workers for it: the input of a repartition unless it lies so already,
 * and each side of a join that does not lie by the join's keys; neither side where one is at every worker that may be.
 * Aggregates and windows are not counted as movements.
 */
export function movementsOf(relations: readonly Relation[]): readonly (readonly number[])[] {
  const spreads: Spread[] = [];
  return relations.map(({ node, inputs }) => {
    const below = inputs.map((at) => spreads[at]);
    const wanted = wantedBy(node, below);
    spreads.push(spreadOf(node, below));
    return inputs.filter((_, i) => wanted[i] !== undefined && !lies(below[i], wanted[i]));
  });
}

/** True of a repartition that sends its rows to every worker. */
export function copies(node: Plan): boolean {
  return node.kind === 'repartition' && node.by.length === 0;
}

/** How each input must lie; undefined: as it does. */
function wantedBy(node: Plan, below: readonly Spread[]): readonly Spread[] {
  if (node.kind === 'repartition') return [{ by: node.by.map(keyText), parts: node.parts }];
  if (node.kind !== 'join' || stayingSide(node, below) !== undefined) return [];
  const sides = keySpreads(node);
  const parts = partsOf(below, sides);
  return parts === undefined ? sides : sides.map(({ by }) => ({ by, parts }));
}

function lies(found: Spread, wanted: Spread): boolean {
  if (found === undefined || wanted === undefined) return false;
  if (found.by.length === 0) return true;
  const isOver = [found.parts, wanted.parts].includes(undefined) || found.parts === wanted.parts;
  return liesBy(found, wanted) && isOver;
}

function liesBy(found: Spread, wanted: Spread): boolean {
  return found !== undefined && wanted !== undefined && found.by.join() === wanted.by.join();
}

function spreadOf(node: Plan, below: readonly Spread[]): Spread {
  const [input] = below;
  switch (node.kind) {
    case 'repartition':
      return { by: node.by.map(keyText), parts: node.parts };
    case 'join':
      return joinSpread(node, below);
    case 'filter':
    case 'extend':
    case 'window':
    case 'limit':
      return input;
    case 'project':
      return renamed(input, node.columns);
    case 'aggregate':
      return renamed(input, node.groups);
    case 'unnest':
      return input?.by.includes(keyText({ kind: 'col', name: node.list })) ? undefined : input;
    default:
      return undefined;
  }
}

type JoinNode = Extract<Plan, { readonly kind: 'join' }>;

/** Padded rows lie where the side that is kept has them. */
function joinSpread(node: JoinNode, below: readonly Spread[]): Spread {
  const staying = stayingSide(node, below);
  if (staying !== undefined) return below[staying];
  if (node.how === 'full') return undefined;
  const sides = keySpreads(node);
  const { by } = sides[node.how === 'right' ? 1 : 0];
  const parts = partsOf(below, sides);
  return parts === undefined ? { by } : { by, parts };
}

/** The side whose rows find all partners where they are, since the other is at every worker and none of it is padded. */
function stayingSide({ how }: JoinNode, below: readonly Spread[]): 0 | 1 | undefined {
  const [isLeftAll, isRightAll] = below.map((spread) => spread?.by.length === 0);
  if (isRightAll && how !== 'right' && how !== 'full') return 0;
  return isLeftAll && (how === 'right' || how === 'inner') ? 1 : undefined;
}

function keySpreads({ on }: JoinNode): readonly { readonly by: readonly string[] }[] {
  return (['left', 'right'] as const).map((side) => ({
    by: on.map((pair) => keyText(pair[side])),
  }));
}

/** Over how many parts the sides of a join come to lie: as the left does if it lies by the keys, else as the right. */
function partsOf(below: readonly Spread[], sides: readonly Spread[]): number | undefined {
  return below.find((spread, i) => liesBy(spread, sides[i]))?.parts;
}

/** The same rows under the names that `columns` give; lost where a column that they lie by is not among them. */
function renamed(spread: Spread, columns: readonly Named[]): Spread {
  if (spread === undefined) return undefined;
  const names = new Map(columns.map(({ name, expr }) => [keyText(expr), keyText(column(name))]));
  const by = spread.by.map((key) => names.get(key));
  return by.every((key) => key !== undefined) ? { ...spread, by } : undefined;
}

function column(name: string): Expr {
  return { kind: 'col', name };
}

function keyText(expr: Expr): string {
  return canonicalJson(expr);
}
