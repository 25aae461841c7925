import { canonicalJson } from '@wavetune/core';
import type { Expr, Named, Plan } from '@wavetune/ir';
import type { Relation } from './relations.ts';

/** How rows lie over workers: by the hash of these expressions, over so many parts where that was said; undefined: anyhow. */
type Spread = { readonly by: readonly string[]; readonly parts?: number } | undefined;

/**
 * For every relation, which of its inputs change workers for it: the input of a repartition unless it lies so already,
 * and each side of a join that does not lie by the join's keys. Aggregates and windows are not counted as movements.
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

/** How each input must lie; undefined: as it does. The right of a join follows a left that lies by the keys already. */
function wantedBy(node: Plan, [below]: readonly Spread[]): readonly Spread[] {
  if (node.kind === 'repartition') return [{ by: node.by.map(keyText), parts: node.parts }];
  if (node.kind !== 'join') return [];
  const left = { by: node.on.map((pair) => keyText(pair.left)) };
  const right = { by: node.on.map((pair) => keyText(pair.right)) };
  const parts = lies(below, left) ? below?.parts : undefined;
  return [left, parts === undefined ? right : { ...right, parts }];
}

function lies(found: Spread, wanted: Spread): boolean {
  return (
    found !== undefined &&
    wanted !== undefined &&
    found.by.join() === wanted.by.join() &&
    (wanted.parts === undefined || found.parts === undefined || found.parts === wanted.parts)
  );
}

function spreadOf(node: Plan, [input]: readonly Spread[]): Spread {
  switch (node.kind) {
    case 'repartition':
      return { by: node.by.map(keyText), parts: node.parts };
    case 'join':
      return node.how === 'full' ? undefined : keySpread(node);
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

/** Padded rows lie where the side that is kept has them. */
function keySpread(node: Extract<Plan, { readonly kind: 'join' }>): Spread {
  const side = node.how === 'right' ? 'right' : 'left';
  return { by: node.on.map((pair) => keyText(pair[side])) };
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
