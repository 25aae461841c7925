import { grownFloat64, grownUint32 } from '@wavetune/interning';
import type { FlatLists } from './totals-columns.ts';

/** A short list of numbers for each row, outside of the heap; empty until it is set. */
export interface NumberLists {
  /** A copy. */
  readonly get: (row: number) => readonly number[];
  readonly set: (row: number, list: readonly number[]) => void;
  /** Numbers that all places together have room for. */
  readonly reserved: () => number;
  /** Copies of the lists of the rows from `from` until before `to`. */
  readonly slice: (from: number, to: number) => FlatLists;
}

/** Lists in places of 2^k numbers; a place that is left is kept for the next list of its size. */
interface Places {
  items: Float64Array;
  end: number;
  /** By row, beside each other: where its list begins, and its length. A row past the end has none. */
  heads: Uint32Array;
  /** By `k`: the start + 1 of the last place that was left, which holds that of the one before; 0 where there is none. */
  readonly free: Uint32Array;
}

const NOTHING: readonly number[] = [];
const FIRST_ROWS = 64;
const SIZES = 32;

/** Memory: eight bytes a number, rounded up to a power of two numbers, and eight a row. */
export function createNumberLists(): NumberLists {
  const places: Places = {
    items: new Float64Array(4 * FIRST_ROWS),
    end: 0,
    heads: new Uint32Array(2 * FIRST_ROWS),
    free: new Uint32Array(SIZES),
  };
  return {
    reserved: () => places.end,
    get: (row) => {
      const { items, heads } = places;
      const length = heads[2 * row + 1] ?? 0;
      if (length === 0) return NOTHING;
      const start = heads[2 * row];
      const list: number[] = [];
      for (let i = 0; i < length; i++) list.push(items[start + i]);
      return list;
    },
    set: (row, list) => {
      const start = placeFor(places, row, list.length);
      for (let i = 0; i < list.length; i++) places.items[start + i] = list[i];
    },
    slice: (from, to) => slice(places, from, to),
  };
}

/** Gives the row a place for so many numbers: its own where that is the right one. @returns Where it begins. */
function placeFor(places: Places, row: number, length: number): number {
  places.heads = grownUint32(places.heads, 2 * row + 2);
  const { heads } = places;
  const start = heads[2 * row];
  const before = heads[2 * row + 1];
  heads[2 * row + 1] = length;
  if (before > 0) {
    if (length > 0 && sizeOf(before) === sizeOf(length)) return start;
    leave(places, start, sizeOf(before));
  }
  if (length > 0) heads[2 * row] = take(places, sizeOf(length));
  return heads[2 * row];
}

/** The `k` of a place for so many numbers, which are at least one. */
function sizeOf(length: number): number {
  return 32 - Math.clz32(length - 1);
}

function leave({ items, free }: Places, start: number, size: number): void {
  items[start] = free[size];
  free[size] = start + 1;
}

function take(places: Places, size: number): number {
  const left = places.free[size];
  if (left > 0) {
    places.free[size] = places.items[left - 1];
    return left - 1;
  }
  const start = places.end;
  places.end += 2 ** size;
  places.items = grownFloat64(places.items, places.end);
  return start;
}

function slice({ items, heads }: Places, from: number, to: number): FlatLists {
  const ends = new Uint32Array(to - from);
  let count = 0;
  for (let row = from; row < to; row++) {
    count += heads[2 * row + 1] ?? 0;
    ends[row - from] = count;
  }
  const copied = new Float64Array(count);
  let at = 0;
  for (let row = from; row < to; row++) {
    const start = heads[2 * row];
    const end = start + (heads[2 * row + 1] ?? 0);
    for (let i = start; i < end; i++) copied[at++] = items[i];
  }
  return { ends, items: copied };
}
