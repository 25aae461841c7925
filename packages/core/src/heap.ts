type IsBefore<Item> = (a: Item, b: Item) => boolean;

/** Adds to a binary heap in an array, whose first item comes before all others. O(log n). */
export function pushHeap<Item>(heap: Item[], item: Item, isBefore: IsBefore<Item>): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(item, heap[above])) break;
    heap[at] = heap[above];
    at = above;
  }
  heap[at] = item;
}

/** Takes the first item of a heap that is not empty. O(log n). */
export function popHeap<Item>(heap: Item[], isBefore: IsBefore<Item>): Item {
  const first = heap[0];
  const last = heap.pop()!;
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isBefore(heap[below + 1], heap[below])) below++;
    if (!isBefore(heap[below], last)) break;
    heap[at] = heap[below];
    at = below;
  }
  heap[at] = last;
  return first;
}
