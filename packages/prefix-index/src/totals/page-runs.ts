import type { FlatTriples } from './totals-columns.ts';

/** A layer, on average. Chosen: pages that move about would else grow a row without end. */
const MOST_RUNS = 16;

/**
 * The union of two sets of inclusive page runs, by layer: sorted, disjoint, adjacent runs joined. Commutative, associative
 * and idempotent as long as a row has at most 16 runs a
 * layer; past that the narrowest gaps between runs are filled.
 *
 * @returns One of the two, unchanged, where the other adds nothing.
 */
export function mergePages(left: FlatTriples, right: FlatTriples): FlatTriples {
  if (right.length === 0 || left === right) return left;
  if (left.length === 0) return right;
  if (covers(left, right)) return left;
  const merged: number[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const isLeft =
      j >= right.length ||
      (i < left.length &&
        (left[i] < right[j] || (left[i] === right[j] && left[i + 1] <= right[j + 1])));
    if (isLeft) {
      pushRun(merged, left, i);
      i += 3;
    } else {
      pushRun(merged, right, j);
      j += 3;
    }
  }
  if (merged.length > 3 * MOST_RUNS) {
    const most = 3 * MOST_RUNS * layerCount(merged);
    while (merged.length > most && fillNarrowestGap(merged));
  }
  return merged;
}

/** Every run of the right lies in one run of the left. */
function covers(left: FlatTriples, right: FlatTriples): boolean {
  let i = 0;
  for (let j = 0; j < right.length; j += 3) {
    while (
      i < left.length &&
      (left[i] < right[j] || (left[i] === right[j] && left[i + 2] < right[j + 1]))
    ) {
      i += 3;
    }
    const isInside =
      i < left.length &&
      left[i] === right[j] &&
      left[i + 1] <= right[j + 1] &&
      right[j + 2] <= left[i + 2];
    if (!isInside) return false;
  }
  return true;
}

function pushRun(runs: number[], from: FlatTriples, at: number): void {
  const last = runs.length - 3;
  if (last >= 0 && runs[last] === from[at] && from[at + 1] <= runs[last + 2] + 1) {
    runs[last + 2] = Math.max(runs[last + 2], from[at + 2]);
    return;
  }
  runs.push(from[at], from[at + 1], from[at + 2]);
}

function layerCount(runs: FlatTriples): number {
  let count = 0;
  for (let at = 0; at < runs.length; at += 3) {
    if (at === 0 || runs[at] !== runs[at - 3]) count++;
  }
  return count;
}

function fillNarrowestGap(runs: number[]): boolean {
  let best = -1;
  let width = Number.POSITIVE_INFINITY;
  for (let at = 3; at < runs.length; at += 3) {
    const gap = runs[at] === runs[at - 3] ? runs[at + 1] - runs[at - 1] : Number.POSITIVE_INFINITY;
    if (gap < width) {
      width = gap;
      best = at;
    }
  }
  if (best < 0) return false;
  runs[best - 1] = runs[best + 2];
  runs.splice(best, 3);
  return true;
}

/** Pages in all runs. */
export function pageCount(pages: FlatTriples): number {
  let count = 0;
  for (let at = 0; at < pages.length; at += 3) count += pages[at + 2] - pages[at + 1] + 1;
  return count;
}
