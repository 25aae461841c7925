import { NONE } from '@wavetune/core';

/**
 * Blocks by priority, from which the lowest that is not held can be picked; ties go to the one ranked longest ago. A binary
 * heap that knows where each block lies.
 *
 * A held block that is ranked, or that a search meets, stays out of the heap until {@link releaseInHeap}; it keeps its
 * priority and its turn.
 * Space: 20 bytes a distinct block. Time: O(log size).
 */
export interface BlockHeap {
  readonly held: Uint8Array;
  /** The priority that a block was last given; shape `[d]`. */
  readonly priorities: Float64Array;
  readonly turns: Uint32Array;
  /** Where a block lies in `heap`, `NONE` where it is not in it; shape `[d]`. */
  readonly places: Uint32Array;
  readonly heap: Uint32Array;
  size: number;
  turn: number;
}

export function createBlockHeap(distinctBlocks: number, held: Uint8Array): BlockHeap {
  return {
    held,
    priorities: new Float64Array(distinctBlocks),
    turns: new Uint32Array(distinctBlocks),
    places: new Uint32Array(distinctBlocks).fill(NONE),
    heap: new Uint32Array(distinctBlocks),
    size: 0,
    turn: 0,
  };
}

/** Adds `block`, or gives it a new priority and turn. */
export function rankBlock(heap: BlockHeap, block: number, priority: number): void {
  heap.priorities[block] = priority;
  heap.turns[block] = heap.turn++;
  const at = heap.places[block];
  if (heap.held[block] !== 0) unrankBlock(heap, block);
  else if (at === NONE) siftUp(heap, block, heap.size++);
  else siftBoth(heap, block, at);
}

/** Takes out `block`, if it is here. */
export function unrankBlock(heap: BlockHeap, block: number): void {
  const at = heap.places[block];
  if (at === NONE) return;
  heap.places[block] = NONE;
  heap.size--;
  if (at < heap.size) siftBoth(heap, heap.heap[heap.size], at);
}

/** The lowest block that is not held, `NONE` where all are. */
export function lowestOf(heap: BlockHeap): number {
  while (heap.size > 0) {
    const block = heap.heap[0];
    if (heap.held[block] === 0) return block;
    unrankBlock(heap, block);
  }
  return NONE;
}

/** {@link lowestOf}, taken out. */
export function unrankLowest(heap: BlockHeap): number {
  const block = lowestOf(heap);
  if (block !== NONE) unrankBlock(heap, block);
  return block;
}

/** `block`, which was ranked, is no longer held. */
export function releaseInHeap(heap: BlockHeap, block: number): void {
  if (heap.places[block] === NONE) siftUp(heap, block, heap.size++);
}

function isBefore({ priorities, turns }: BlockHeap, a: number, b: number): boolean {
  return priorities[a] < priorities[b] || (priorities[a] === priorities[b] && turns[a] < turns[b]);
}

function put({ heap, places }: BlockHeap, block: number, at: number): void {
  heap[at] = block;
  places[block] = at;
}

function siftBoth(heap: BlockHeap, block: number, at: number): void {
  if (at > 0 && isBefore(heap, block, heap.heap[(at - 1) >>> 1])) siftUp(heap, block, at);
  else siftDown(heap, block, at);
}

function siftUp(heap: BlockHeap, block: number, from: number): void {
  let at = from;
  while (at > 0) {
    const up = heap.heap[(at - 1) >>> 1];
    if (!isBefore(heap, block, up)) break;
    put(heap, up, at);
    at = (at - 1) >>> 1;
  }
  put(heap, block, at);
}

function siftDown(heap: BlockHeap, block: number, from: number): void {
  const { size } = heap;
  let at = from;
  for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && isBefore(heap, heap.heap[child + 1], heap.heap[child])) child++;
    if (!isBefore(heap, heap.heap[child], block)) break;
    put(heap, heap.heap[child], at);
    at = child;
  }
  put(heap, block, at);
}
