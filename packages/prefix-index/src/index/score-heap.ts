/** Rows of a table, the best first; each row at most once. */
export interface ScoreHeap {
  readonly size: () => number;
  /** The row is new, or its score has changed. O(log n). */
  readonly update: (row: number) => void;
  /** Rows from the best on; O(log k) the k-th. Valid until the next update. */
  readonly best: () => Generator<number, void>;
}

/** Where in its heap each row stands; heaps without a row in common may share one. */
export interface Places {
  /** Shape `[rows]`, at least; -1 where a row is in none. */
  of: Int32Array;
}

/**
 * A binary heap by `isBetter`, a total order of rows. Scores decay, but all alike, so that time does not disturb it.
 */
export function createScoreHeap(
  isBetter: (a: number, b: number) => boolean,
  places: Places,
): ScoreHeap {
  const rows: number[] = [];

  const moveUp = (row: number, from: number): void => {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBetter(row, rows[above])) break;
      rows[at] = rows[above];
      places.of[rows[at]] = at;
      at = above;
    }
    rows[at] = row;
    places.of[row] = at;
  };
  const moveDown = (row: number, from: number): void => {
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= rows.length) break;
      if (below + 1 < rows.length && isBetter(rows[below + 1], rows[below])) below++;
      if (!isBetter(rows[below], row)) break;
      rows[at] = rows[below];
      places.of[rows[at]] = at;
      at = below;
    }
    rows[at] = row;
    places.of[row] = at;
  };
  return {
    size: () => rows.length,
    update: (row) => {
      if (row >= places.of.length) places.of = grown(places.of, row);
      let at = places.of[row];
      if (at < 0) at = rows.push(row) - 1;
      moveUp(row, at);
      moveDown(row, places.of[row]);
    },
    best: () => walk(rows, isBetter),
  };
}

function grown(of: Int32Array, row: number): Int32Array {
  const larger = new Int32Array(Math.max(2 * of.length, row + 1)).fill(-1);
  larger.set(of);
  return larger;
}

/** Best-first over the heap's tree: of all places whose parent was given, the best comes next. */
function* walk(
  rows: readonly number[],
  isBetter: (a: number, b: number) => boolean,
): Generator<number, void> {
  if (rows.length === 0) return;
  const frontier = [0];
  while (frontier.length > 0) {
    const at = popBest(frontier, (a, b) => isBetter(rows[a], rows[b]));
    yield rows[at];
    for (const below of [2 * at + 1, 2 * at + 2]) {
      if (below < rows.length) pushUp(frontier, below, (a, b) => isBetter(rows[a], rows[b]));
    }
  }
}

function pushUp(heap: number[], item: number, isBetter: (a: number, b: number) => boolean): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBetter(item, heap[above])) break;
    heap[at] = heap[above];
    at = above;
  }
  heap[at] = item;
}

function popBest(heap: number[], isBetter: (a: number, b: number) => boolean): number {
  const best = heap[0];
  const last = heap.pop()!;
  if (heap.length === 0) return best;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isBetter(heap[below + 1], heap[below])) below++;
    if (!isBetter(heap[below], last)) break;
    heap[at] = heap[below];
    at = below;
  }
  heap[at] = last;
  return best;
}
