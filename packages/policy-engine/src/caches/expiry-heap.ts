import { popHeap, pushHeap } from '@wavetune/core';
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
    while (heap.length > 0 && !heap[0].isResident) popHeap(heap, isBefore);
    return heap[0];
  };
  return { put: (entry) => pushHeap(heap, entry, isBefore), first };
}

function isBefore(a: LedgerEntry, b: LedgerEntry): boolean {
  if (a.expiresMillis !== b.expiresMillis) return a.expiresMillis < b.expiresMillis;
  return a.sequence < b.sequence;
}
