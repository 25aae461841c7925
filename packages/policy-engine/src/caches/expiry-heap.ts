import type { LedgerEntry } from './ledger-entry.ts';

/**
 * Entries by when they expire, then by when they came; what has left is passed over.
 *
 * Cost: O(log n) an entry, put and taken once.
 */
export interface ExpiryHeap {
  put(entry: LedgerEntry): void;
  /** The resident entry that expires first. */
  first(): LedgerEntry | undefined;
}

export function createExpiryHeap(): ExpiryHeap {
  const heap: LedgerEntry[] = [];
  const first = (): LedgerEntry | undefined => {
    while (heap.length > 0 && !heap[0].isResident) takeFirst(heap);
    return heap[0];
  };
  return { put: (entry) => siftUp(heap, entry), first };
}

function isBefore(a: LedgerEntry, b: LedgerEntry): boolean {
  if (a.expiresMillis !== b.expiresMillis) return a.expiresMillis < b.expiresMillis;
  return a.sequence < b.sequence;
}

function siftUp(heap: LedgerEntry[], entry: LedgerEntry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(entry, heap[parent])) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = entry;
}

function takeFirst(heap: LedgerEntry[]): void {
  const entry = heap.pop() as LedgerEntry;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
    if (!isBefore(heap[child], entry)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = entry;
}
