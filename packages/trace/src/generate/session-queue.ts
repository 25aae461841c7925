import { popHeap, pushHeap } from '@wavetune/core';

/** Sessions by the time of their next request: a binary heap; ties go to the session that was pushed first. */
export interface SessionQueue<S> {
  readonly size: number;
  /** Time of the first, `Infinity` where there is none. */
  nextMillis(): number;
  push(timeMillis: number, session: S): void;
  /** Takes the first out; only while `size > 0`. */
  pop(): S;
}

interface Entry<S> {
  readonly timeMillis: number;
  readonly order: number;
  readonly session: S;
}

export function createSessionQueue<S>(): SessionQueue<S> {
  const heap: Entry<S>[] = [];
  let pushed = 0;
  return {
    get size() {
      return heap.length;
    },
    nextMillis: () => (heap.length > 0 ? heap[0].timeMillis : Number.POSITIVE_INFINITY),
    push(timeMillis, session) {
      pushHeap(heap, { timeMillis, order: pushed++, session }, isBefore);
    },
    pop: () => popHeap(heap, isBefore).session,
  };
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.timeMillis < b.timeMillis || (a.timeMillis === b.timeMillis && a.order < b.order);
}
