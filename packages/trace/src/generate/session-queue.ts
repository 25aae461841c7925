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
      siftUp(heap, { timeMillis, order: pushed++, session });
    },
    pop() {
      const first = heap[0];
      const last = heap.pop() as Entry<S>;
      if (heap.length > 0) siftDown(heap, last);
      return first.session;
    },
  };
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.timeMillis < b.timeMillis || (a.timeMillis === b.timeMillis && a.order < b.order);
}

function siftUp<S>(heap: Entry<S>[], entry: Entry<S>): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(entry, heap[parent])) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = entry;
}

function siftDown<S>(heap: Entry<S>[], entry: Entry<S>): void {
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
