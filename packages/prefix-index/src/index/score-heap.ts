import { popHeap, pushHeap } from '@wavetune/core';
import { grownFloat64 } from '@wavetune/interning';
import { createRowList, type RowList } from './row-list.ts';

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

/** A total order of rows: the better first. */
export interface RowOrder {
  readonly isBetter: (a: number, b: number) => boolean;
  /**
   * Greater for the better, to within {@link keyError}: two rows whose keys are further apart need no second look, which
   * would wait for the memory of both.
   */
  readonly keyOf: (row: number) => number;
}

/** Chosen: planners ask for a hundred again and again, and few events concern those. */
const MOST_KEPT = 256;

/** A binary heap. Scores decay, but all alike, so that time does not disturb it. */
export function createScoreHeap(order: RowOrder, places: Places): ScoreHeap {
  const { isBetter } = order;
  const rows = createRowList();
  /** By place, as rows are. */
  let keys: Float64Array = new Float64Array(4);
  /** The best, in order, once they were asked for. */
  const kept: number[] = [];

  const comesBefore = (row: number, key: number, at: number): boolean => {
    const ahead = key - keys[at];
    const error = keyError(key, keys[at]);
    if (ahead > error) return true;
    return ahead < -error ? false : isBetter(row, rows.at(at));
  };
  const put = (at: number, row: number, key: number): void => {
    rows.put(at, row);
    keys[at] = key;
    places.of[row] = at;
  };
  const moveUp = (row: number, key: number, from: number): number => {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!comesBefore(row, key, above)) break;
      put(at, rows.at(above), keys[above]);
      at = above;
    }
    return at;
  };
  const moveDown = (row: number, key: number, from: number): number => {
    let at = from;
    for (let below = 2 * at + 1; below < rows.length(); below = 2 * at + 1) {
      const other = below + 1;
      if (other < rows.length() && comesBefore(rows.at(other), keys[other], below)) below = other;
      if (comesBefore(row, key, below)) break;
      put(at, rows.at(below), keys[below]);
      at = below;
    }
    return at;
  };
  const placeOf = (row: number): number => {
    if (row >= places.of.length) places.of = grown(places.of, row);
    if (places.of[row] >= 0) {
      forget(kept, row);
      return places.of[row];
    }
    rows.push(row);
    keys = grownFloat64(keys, rows.length());
    return rows.length() - 1;
  };
  return {
    size: rows.length,
    update: (row) => {
      const isWhole = kept.length === rows.length();
      const key = order.keyOf(row);
      const before = placeOf(row);
      const above = moveUp(row, key, before);
      put(above < before ? above : moveDown(row, key, before), row, key);
      keep(kept, row, { isBetter, isWhole });
    },
    best: () => {
      if (kept.length < Math.min(MOST_KEPT, rows.length())) keepBest(kept, rows, isBetter);
      return kept.length === rows.length() ? kept : keptThenOthers(kept, rows, isBetter);
    },
  };
}

/** A key is a sum, rounded, of a whole number and of a logarithm to the base 2. */
function keyError(a: number, b: number): number {
  return (Math.abs(a) + Math.abs(b)) * 2 ** -50 + 2 ** -40;
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

function keepBest(kept: number[], rows: RowList, isBetter: RowOrder['isBetter']): void {
  kept.length = 0;
  for (const row of walk(rows, isBetter)) {
    kept.push(row);
    if (kept.length === MOST_KEPT) break;
  }
}

function* keptThenOthers(
  kept: readonly number[],
  rows: RowList,
  isBetter: RowOrder['isBetter'],
): Generator<number, void> {
  yield* kept;
  yield* walk(rows, isBetter).drop(kept.length);
}

/** Best-first over the heap's tree: of all places whose parent was given, the best comes next. */
function* walk(rows: RowList, isBetter: RowOrder['isBetter']): Generator<number, void> {
  if (rows.length() === 0) return;
  const isBetterPlace = (a: number, b: number): boolean => isBetter(rows.at(a), rows.at(b));
  const frontier = [0];
  while (frontier.length > 0) {
    const at = popHeap(frontier, isBetterPlace);
    yield rows.at(at);
    for (let below = 2 * at + 1; below <= 2 * at + 2 && below < rows.length(); below++) {
      pushHeap(frontier, below, isBetterPlace);
    }
  }
}
