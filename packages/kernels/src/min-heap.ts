/** A binary heap of numbers, least on top. */
export interface MinHeap {
  push(value: number): void;
  /** The least; undefined behaviour on an empty heap is excluded by asking `size` first. */
  peek(): number;
  pop(): number;
  size(): number;
}

/** An empty heap; push and pop cost O(log n). */
export function createMinHeap(): MinHeap {
  const values: number[] = [];
  return {
    size: () => values.length,
    peek: () => values[0],
    push: (value) => {
      let hole = values.length;
      values.push(value);
      while (hole > 0) {
        const parent = (hole - 1) >> 1;
        if (values[parent] <= value) break;
        values[hole] = values[parent];
        hole = parent;
      }
      values[hole] = value;
    },
    pop: () => {
      const least = values[0];
      const last = values.pop()!;
      if (values.length > 0) sink(values, last);
      return least;
    },
  };
}

function sink(values: number[], value: number): void {
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= values.length) break;
    if (child + 1 < values.length && values[child + 1] < values[child]) child += 1;
    if (values[child] >= value) break;
    values[hole] = values[child];
    hole = child;
  }
  values[hole] = value;
}
