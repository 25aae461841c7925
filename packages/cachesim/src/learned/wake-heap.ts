const ABSENT = -1;

/** Blocks by the moment at which something is due for them, earliest first; equal moments by block. */
export interface WakeHeap {
  add(block: number, dueMillis: number): void;
  /** Takes a block out wherever it is; nothing where it is absent. */
  remove(block: number): void;
  /** The earliest moment, infinite where the heap is empty. */
  nextMillis(): number;
  /** Removes and returns the block of the earliest moment. */
  take(): number;
}

/** A binary heap that knows where each block lies. Memory: 4 bytes a block and 12 an entry. */
export function createWakeHeap(blockCount: number): WakeHeap {
  const position = new Int32Array(blockCount).fill(ABSENT);
  const heap: number[] = [];
  const due: number[] = [];

  const isSooner = (a: number, b: number): boolean =>
    due[a] < due[b] || (due[a] === due[b] && heap[a] < heap[b]);
  const swap = (a: number, b: number): void => {
    const block = heap[a];
    const moment = due[a];
    heap[a] = heap[b];
    due[a] = due[b];
    heap[b] = block;
    due[b] = moment;
    position[heap[a]] = a;
    position[heap[b]] = b;
  };
  const rise = (from: number): void => {
    for (let at = from; at > 0; ) {
      const above = (at - 1) >>> 1;
      if (!isSooner(at, above)) return;
      swap(at, above);
      at = above;
    }
  };
  const sink = (from: number): void => {
    for (let at = from; ; ) {
      let least = at;
      for (let child = 2 * at + 1; child <= 2 * at + 2 && child < heap.length; child++) {
        if (isSooner(child, least)) least = child;
      }
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };
  const remove = (block: number): void => {
    const at = position[block];
    if (at === ABSENT) return;
    const last = heap.length - 1;
    if (at !== last) swap(at, last);
    heap.pop();
    due.pop();
    position[block] = ABSENT;
    if (at < heap.length) {
      rise(at);
      sink(at);
    }
  };
  return {
    add(block, dueMillis) {
      position[block] = heap.push(block) - 1;
      due.push(dueMillis);
      rise(heap.length - 1);
    },
    remove,
    nextMillis: () => (heap.length === 0 ? Number.POSITIVE_INFINITY : due[0]),
    take() {
      const block = heap[0];
      remove(block);
      return block;
    },
  };
}
