import type { Row } from '../table.ts';

/** A row of a forest as a rectangle: its level to the right, its weight downwards. */
export interface IcicleNode {
  readonly row: number;
  readonly level: number;
  readonly top: number;
  readonly bottom: number;
}

/** A part of a forest that is looked at alone. */
export interface IcicleFocus {
  /** Its top; −1 is above the roots. */
  readonly row: number;
  /** The heaviest children that are left out, so that the light ones have room. */
  readonly skip: number;
}

/** The whole forest. */
export const WHOLE_FOREST: IcicleFocus = { row: -1, skip: 0 };

/**
 * Rectangles of the rows at and below the focus, each as high as its weight and all below it, the heaviest child first; a
 * parent comes before its children. Weight is requests × tokens. Where children are left out, their parent shrinks to
 * what is left.
 *
 * Law: children lie within their parent and do not overlap; what they leave is the parent's own weight.
 *
 * Cost: O(rows log rows).
 */
export function icicleLayout(rows: readonly Row[], focus: IcicleFocus): readonly IcicleNode[] {
  const weights = weightsOf(rows);
  const children: number[][] = rows.map(() => []);
  const roots: number[] = [];
  rows.forEach(({ parent_row: parent }, row) => {
    (Number(parent) < 0 ? roots : children[Number(parent)]).push(row);
  });
  const byWeight = (list: readonly number[]): readonly number[] =>
    list.toSorted((a, b) => weights[b] - weights[a] || a - b);
  const nodes: IcicleNode[] = [];
  const place = (list: readonly number[], level: number, from: number): void => {
    let top = from;
    for (const row of list) {
      nodes.push({ row, level, top, bottom: top + weights[row] });
      top += weights[row];
    }
  };
  const top = byWeight(focus.row < 0 ? roots : children[focus.row]).slice(focus.skip);
  if (focus.row < 0) place(top, 0, 0);
  else {
    const left = top.reduce((sum, row) => sum + weights[row], 0);
    const height = focus.skip === 0 ? weights[focus.row] : left;
    nodes.push({ row: focus.row, level: 0, top: 0, bottom: height });
    place(top, 1, 0);
  }
  for (let i = focus.row < 0 ? 0 : 1; i < nodes.length; i++) {
    place(byWeight(children[nodes[i].row]), nodes[i].level + 1, nodes[i].top);
  }
  return nodes;
}

/** Of each row with all below it. A parent's row stands before its children's, so sums are complete from the last row up. */
function weightsOf(rows: readonly Row[]): readonly number[] {
  const weights = rows.map(({ requests, tokens }) => Number(requests) * Number(tokens));
  for (let row = rows.length - 1; row >= 0; row--) {
    const parent = Number(rows[row].parent_row);
    if (parent >= 0) weights[parent] += weights[row];
  }
  return weights;
}
