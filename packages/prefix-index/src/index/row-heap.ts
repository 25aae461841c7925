import { grownFloat64 } from '@wavetune/interning';
import { createRowList } from './row-list.ts';

/** A total order of rows: the better first. */
export interface RowOrder {
  readonly isBetter: (a: number, b: number) => boolean;
  /**
   * Greater for the better, to within {@link keyError}: two rows whose keys are further apart need no second look, which
   * would wait for the memory of both.
   */
  readonly keyOf: (row: number) => number;
}

/** Where in its heap each row stands; heaps without a row in common may share one. */
export interface Places {
  /** Shape `[rows]`, at least; -1 where a row is in none. */
  of: Int32Array;
}

/** A heap of rows, each at most once. No row is better than the one of whose place its own is a child: see {@link childrenOf}. */
export interface RowHeap {
  readonly length: () => number;
  readonly at: (place: number) => number;
  readonly has: (row: number) => boolean;
  /** Adds a row, or moves one whose key has changed. O(log n). */
  readonly place: (row: number) => void;
}

/** Children stand in one cache line or two, and there are half as many levels as with two. */
const BRANCHES = 4;

function parentOf(place: number): number {
  return Math.floor((place - 1) / BRANCHES);
}

/** The places from `first` until before `end`. */
export function childrenOf(
  place: number,
  count: number,
): { readonly first: number; readonly end: number } {
  const first = BRANCHES * place + 1;
  return { first, end: Math.min(first + BRANCHES, count) };
}

export function createRowHeap({ isBetter, keyOf }: RowOrder, places: Places): RowHeap {
  const rows = createRowList();
  /** By place, as rows are. */
  let keys: Float64Array = new Float64Array(BRANCHES);

  const comesBefore = (row: number, key: number, place: number): boolean => {
    const ahead = key - keys[place];
    const error = keyError(key, keys[place]);
    if (ahead > error) return true;
    return ahead < -error ? false : isBetter(row, rows.at(place));
  };
  const put = (place: number, row: number, key: number): void => {
    rows.put(place, row);
    keys[place] = key;
    places.of[row] = place;
  };
  const moveUp = (row: number, key: number, from: number): number => {
    let at = from;
    while (at > 0 && comesBefore(row, key, parentOf(at))) {
      const above = parentOf(at);
      put(at, rows.at(above), keys[above]);
      at = above;
    }
    return at;
  };
  const bestChild = (place: number): number => {
    const { first, end } = childrenOf(place, rows.length());
    let best = first;
    for (let other = first + 1; other < end; other++) {
      if (comesBefore(rows.at(other), keys[other], best)) best = other;
    }
    return best;
  };
  const moveDown = (row: number, key: number, from: number): number => {
    let at = from;
    for (;;) {
      const below = bestChild(at);
      if (below >= rows.length() || comesBefore(row, key, below)) return at;
      put(at, rows.at(below), keys[below]);
      at = below;
    }
  };
  const has = (row: number): boolean => row < places.of.length && places.of[row] >= 0;
  return {
    length: rows.length,
    at: rows.at,
    has,
    place: (row) => {
      const key = keyOf(row);
      if (!has(row)) {
        if (row >= places.of.length) places.of = grown(places.of, row);
        places.of[row] = rows.length();
        rows.push(row);
        keys = grownFloat64(keys, rows.length());
      }
      const before = places.of[row];
      const above = moveUp(row, key, before);
      put(above < before ? above : moveDown(row, key, before), row, key);
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
