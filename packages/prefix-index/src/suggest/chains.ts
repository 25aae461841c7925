import type { PrefixIndex } from '../index/prefix-index.ts';
import type { Scoring } from './scoring.ts';

/** A row with the parents that it still needs: root first, itself last. All of one tenant and model. */
export interface Chain {
  readonly row: number;
  readonly rows: readonly number[];
  readonly bytes: number;
  readonly score: number;
}

/**
 * Parents that the index does not know, and those of `taken`, end a chain; so do a circle, and `longest` rows: a chain of
 * more than are asked for fits nowhere. O(length).
 */
export function chainOf(
  index: PrefixIndex,
  scoring: Scoring,
  {
    row,
    taken,
    longest,
  }: { readonly row: number; readonly taken: ReadonlySet<number>; readonly longest: number },
): Chain {
  const rows = [row];
  const seen = new Set(rows);
  for (let parent = parentOf(index, row); parent !== undefined; parent = parentOf(index, parent)) {
    if (taken.has(parent) || seen.has(parent) || rows.length === longest) break;
    seen.add(parent);
    rows.push(parent);
  }
  return {
    row,
    rows: rows.reverse(),
    bytes: sum(rows, scoring.footprintBytes),
    score: sum(rows, scoring.score),
  };
}

/** The row of its parent, where the index knows it. */
export function parentOf(index: PrefixIndex, row: number): number | undefined {
  return index.totals().parentRowOf(row);
}

function sum(rows: readonly number[], value: (row: number) => number): number {
  return rows.reduce((total, row) => total + value(row), 0);
}
