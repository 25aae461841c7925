import { popHeap, pushHeap } from '@wavetune/core';

/** Rows of a table, the best first; each row at most once. */
export interface ScoreHeap {
  readonly size: () => number;
  /** The row is new, or its score has changed. O(log n), and a look through the best that are kept. */
  readonly update: (row: number) => void;
  /** Rows from the best on; O(1) each of the first, which are kept, then O(log k) the k-th. Valid until the next update. */
  readonly best: () => Iterable<number>;
}

/** Where in its heap each row stands; heaps without a row in common may share one. */
export interface Places {
  /** Shape `[rows]`, at least; -1 where a row is in none. */
  of: Int32Array;
}

type IsBetter = (a: number, b: number) => boolean;

/** Chosen: planners ask for a hundred again and again, and few events concern those. */
const MOST_KEPT = 256;

/**
 * A binary heap by `isBetter`, a total order of rows. Scores decay, but all alike, so that time does not disturb it.
 */
export function createScoreHeap(isBetter: IsBetter, places: Places): ScoreHeap {
  const rows: number[] = [];
  /** The best, in order, once they were asked for. */
  const kept: number[] = [];

  const moveUp = (row: number, from: number): void => {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBetter(row, rows[above])) break;
      rows[at] = rows[above];
      places.of[rows[at]] = at;
      at = above;
    }
    rows[at] = row;
    places.of[row] = at;
  };
  const moveDown = (row: number, from: number): void => {
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= rows.length) break;
      if (below + 1 < rows.length && isBetter(rows[below + 1], rows[below])) below++;
      if (!isBetter(rows[below], row)) break;
      rows[at] = rows[below];
      places.of[rows[at]] = at;
      at = below;
    }
    rows[at] = row;
    places.of[row] = at;
  };
  return {
    size: () => rows.length,
    update: (row) => {
      if (row >= places.of.length) places.of = grown(places.of, row);
      const isWhole = kept.length === rows.length;
      let at = places.of[row];
      if (at < 0) at = rows.push(row) - 1;
      else forget(kept, row);
      moveUp(row, at);
      moveDown(row, places.of[row]);
      keep(kept, row, { isBetter, isWhole });
    },
    best: () => {
      if (kept.length < Math.min(MOST_KEPT, rows.length)) keepBest(kept, rows, isBetter);
      return kept.length === rows.length ? kept : keptThenOthers(kept, rows, isBetter);
    },
  };
}

function grown(of: Int32Array, row: number): Int32Array {
  const larger = new Int32Array(Math.max(2 * of.length, row + 1)).fill(-1);
  larger.set(of);
  return larger;
}

function forget(kept: number[], row: number): void {
  const at = kept.indexOf(row);
  if (at >= 0) kept.splice(at, 1);
}

/** The row takes its place among the best where it is one of them, or where all are kept: they stay the best, in order. */
function keep(
  kept: number[],
  row: number,
  { isBetter, isWhole }: { readonly isBetter: IsBetter; readonly isWhole: boolean },
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

function keepBest(kept: number[], rows: readonly number[], isBetter: IsBetter): void {
  kept.length = 0;
  for (const row of walk(rows, isBetter)) {
    kept.push(row);
    if (kept.length === MOST_KEPT) break;
  }
}

function* keptThenOthers(
  kept: readonly number[],
  rows: readonly number[],
  isBetter: IsBetter,
): Generator<number, void> {
  yield* kept;
  yield* walk(rows, isBetter).drop(kept.length);
}

/** Best-first over the heap's tree: of all places whose parent was given, the best comes next. */
function* walk(rows: readonly number[], isBetter: IsBetter): Generator<number, void> {
  if (rows.length === 0) return;
  const isBetterPlace = (a: number, b: number): boolean => isBetter(rows[a], rows[b]);
  const frontier = [0];
  while (frontier.length > 0) {
    const at = popHeap(frontier, isBetterPlace);
    yield rows[at];
    for (let below = 2 * at + 1; below <= 2 * at + 2 && below < rows.length; below++) {
      pushHeap(frontier, below, isBetterPlace);
    }
  }
}
