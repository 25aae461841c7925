import { popHeap, pushHeap } from '@wavetune/core';
import { childrenOf, createRowHeap, type Places, type RowHeap, type RowOrder } from './row-heap.ts';

/** Rows of a table, the best first; each row at most once. */
export interface ScoreHeap {
  /** The row is new, or its score has changed. O(log n), and a look through the best that are kept. */
  readonly update: (row: number) => void;
  /** Rows from the best on; O(1) each of the first, which are kept, then O(log k) the k-th. Valid until the next update. */
  readonly best: () => Iterable<number>;
}

/** Chosen: planners ask for a hundred again and again, and few events concern those. */
const MOST_KEPT = 256;

/** A heap, and the best of it in their order. Scores decay, but all alike, so that time does not disturb it. */
export function createScoreHeap(order: RowOrder, places: Places): ScoreHeap {
  const { isBetter } = order;
  const rows = createRowHeap(order, places);
  /** The best, in order, once they were asked for. */
  const kept: number[] = [];
  return {
    update: (row) => {
      const isWhole = kept.length === rows.length();
      if (rows.has(row)) forget(kept, row);
      rows.place(row);
      keep(kept, row, { isBetter, isWhole });
    },
    best: () => {
      if (kept.length < Math.min(MOST_KEPT, rows.length())) keepBest(kept, rows, isBetter);
      return kept.length === rows.length() ? kept : keptThenOthers(kept, rows, isBetter);
    },
  };
}

function forget(kept: number[], row: number): void {
  const at = kept.indexOf(row);
  if (at >= 0) kept.splice(at, 1);
}

/** The row takes its place among the best where it is one of them, or where all are kept: they stay the best, in order. */
function keep(
  kept: number[],
  row: number,
  { isBetter, isWhole }: { readonly isBetter: RowOrder['isBetter']; readonly isWhole: boolean },
): void {
  if (kept.length === 0 || !(isWhole || isBetter(row, kept[kept.length - 1]))) return;
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBetter(row, kept[middle])) high = middle;
    else low = middle + 1;
  }
  kept.splice(low, 0, row);
  if (kept.length > MOST_KEPT) kept.pop();
}

function keepBest(kept: number[], rows: RowHeap, isBetter: RowOrder['isBetter']): void {
  kept.length = 0;
  for (const row of walk(rows, isBetter)) {
    kept.push(row);
    if (kept.length === MOST_KEPT) break;
  }
}

function* keptThenOthers(
  kept: readonly number[],
  rows: RowHeap,
  isBetter: RowOrder['isBetter'],
): Generator<number, void> {
  yield* kept;
  yield* walk(rows, isBetter).drop(kept.length);
}

/** Best-first over the heap's tree: of all places whose parent was given, the best comes next. */
function* walk(rows: RowHeap, isBetter: RowOrder['isBetter']): Generator<number, void> {
  if (rows.length() === 0) return;
  const isBetterPlace = (a: number, b: number): boolean => isBetter(rows.at(a), rows.at(b));
  const frontier = [0];
  while (frontier.length > 0) {
    const at = popHeap(frontier, isBetterPlace);
    yield rows.at(at);
    const { first, end } = childrenOf(at, rows.length());
    for (let below = first; below < end; below++) pushHeap(frontier, below, isBetterPlace);
  }
}
