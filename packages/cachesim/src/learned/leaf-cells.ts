import { NONE } from '@wavetune/core';
import type { LearnedTable } from './learned-table.ts';
import { createWakeHeap } from './wake-heap.ts';

/** What is known of a block that becomes evictable. */
export interface Leaf {
  readonly classIndex: number;
  readonly touchedMillis: number;
  /** `first` is taken before the others of its cell: a chain that is being cut is cut to its end. */
  readonly place: 'first' | 'last';
}

/** The evictable blocks, by class and age bucket, so that one of the least value is found at once. */
export interface LeafCells {
  /** Lets time pass: leaves move to the age bucket that they have reached. */
  advance(nowMillis: number): void;
  put(block: number, leaf: Leaf): void;
  /** Takes a leaf out; nothing where the block is none. */
  remove(block: number): void;
  /** Value of the leaf of least value, infinite where there is none. */
  leastValue(): number;
  /** Removes and returns the leaf of least value, of equals the first; call only where there is one. */
  takeLeast(): number;
}

/**
 * Cells (class × age bucket) hold doubly linked lists; they are ranked by value once, and a bitset over the ranks knows
 * which are not empty. A heap holds for every leaf the moment at which it reaches its next bucket.
 */
export function createLeafCells(table: LearnedTable, blockCount: number): LeafCells {
  const ageMillis = Float64Array.from(table.ageMillis);
  const ages = ageMillis.length;
  const values = Float64Array.from(table.values.flat());
  const byValue = Uint32Array.from(values.keys()).sort((a, b) => values[a] - values[b] || a - b);
  const rankOf = new Uint32Array(values.length);
  for (let rank = 0; rank < byValue.length; rank++) rankOf[byValue[rank]] = rank;
  const lists = createCellLists(values.length, blockCount);
  const occupied = new Uint32Array((values.length + 31) >>> 5);
  const wake = createWakeHeap(blockCount);
  let nowMillis = 0;

  const place = (block: number, cell: number, end: Leaf['place']): void => {
    const rank = rankOf[cell];
    occupied[rank >>> 5] |= 1 << (rank & 31);
    if (end === 'first') lists.unshift(block, cell);
    else lists.push(block, cell);
  };
  const displace = (block: number): number => {
    const cell = lists.remove(block);
    const rank = rankOf[cell];
    if (lists.first(cell) === NONE) occupied[rank >>> 5] &= ~(1 << (rank & 31));
    return cell;
  };
  const remove = (block: number): void => {
    if (!lists.has(block)) return;
    displace(block);
    wake.remove(block);
  };
  const leastCell = (): number => {
    const word = occupied.findIndex((bits) => bits !== 0);
    if (word === -1) return NONE;
    return byValue[word * 32 + 31 - Math.clz32(occupied[word] & -occupied[word])];
  };
  return {
    advance(now) {
      nowMillis = now;
      for (let due = wake.nextMillis(); due <= now; due = wake.nextMillis()) {
        const block = wake.take();
        const cell = displace(block) + 1;
        const bucket = cell % ages;
        place(block, cell, 'last');
        if (bucket + 1 < ages) wake.add(block, due + ageMillis[bucket + 1] - ageMillis[bucket]);
      }
    },
    put(block, { classIndex, touchedMillis, place: end }) {
      let bucket = 0;
      while (bucket + 1 < ages && nowMillis - touchedMillis >= ageMillis[bucket + 1]) bucket++;
      place(block, classIndex * ages + bucket, end);
      if (bucket + 1 < ages) wake.add(block, touchedMillis + ageMillis[bucket + 1]);
    },
    remove,
    leastValue() {
      const cell = leastCell();
      return cell === NONE ? Number.POSITIVE_INFINITY : values[cell];
    },
    takeLeast() {
      const block = lists.first(leastCell());
      remove(block);
      return block;
    },
  };
}

/** One doubly linked list a cell, through arrays indexed by block. */
function createCellLists(cellCount: number, blockCount: number) {
  const heads = new Uint32Array(cellCount).fill(NONE);
  const tails = new Uint32Array(cellCount).fill(NONE);
  const cellOf = new Uint32Array(blockCount).fill(NONE);
  const after = new Uint32Array(blockCount);
  const before = new Uint32Array(blockCount);
  const link = (left: number, right: number, cell: number): void => {
    if (left === NONE) heads[cell] = right;
    else after[left] = right;
    if (right === NONE) tails[cell] = left;
    else before[right] = left;
  };
  return {
    first: (cell: number) => heads[cell],
    has: (block: number) => cellOf[block] !== NONE,
    push(block: number, cell: number): void {
      cellOf[block] = cell;
      link(tails[cell], block, cell);
      link(block, NONE, cell);
    },
    unshift(block: number, cell: number): void {
      cellOf[block] = cell;
      link(block, heads[cell], cell);
      link(NONE, block, cell);
    },
    remove(block: number): number {
      const cell = cellOf[block];
      link(before[block], after[block], cell);
      cellOf[block] = NONE;
      return cell;
    },
  };
}
