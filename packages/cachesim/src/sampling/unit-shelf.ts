import { NONE } from '@wavetune/core';

/** The sampled blocks by unit, so that the unit of highest hash can be given up. */
export interface UnitShelf {
  /** Blocks on the shelf. */
  size(): number;
  /** Adds a block, new to the shelf, to the unit of a hash. */
  add(hash: number, block: number): void;
  /** Takes every unit of the highest hash off, block by block; returns that hash. */
  dropHighest(drop: (block: number) => void): number;
}

/** A heap of hashes and a linked list of blocks for each. Memory: 4 bytes a distinct block. */
export function createUnitShelf(blockCount: number): UnitShelf {
  const nextOfUnit = new Uint32Array(blockCount);
  const firstOfUnit = new Map<number, number>();
  const heap: number[] = [];
  let size = 0;

  const push = (hash: number): void => {
    let at = heap.push(hash) - 1;
    for (let above = (at - 1) >> 1; at > 0 && heap[above] < hash; above = (at - 1) >> 1) {
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = hash;
  };
  const pop = (): number => {
    const top = heap[0];
    const last = heap.pop() ?? top;
    if (heap.length === 0) return top;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1] > heap[child]) child++;
      if (heap[child] <= last) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return top;
  };
  return {
    size: () => size,
    add(hash, block) {
      const first = firstOfUnit.get(hash);
      if (first === undefined) push(hash);
      nextOfUnit[block] = first ?? NONE;
      firstOfUnit.set(hash, block);
      size++;
    },
    dropHighest(drop) {
      const hash = pop();
      for (let block = firstOfUnit.get(hash) ?? NONE; block !== NONE; block = nextOfUnit[block]) {
        drop(block);
        size--;
      }
      firstOfUnit.delete(hash);
      return hash;
    },
  };
}
