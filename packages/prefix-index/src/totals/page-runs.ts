import { popHeap, pushHeap } from '@wavetune/core';
import type { FlatTriples } from './totals-columns.ts';

/** A layer, on average. Chosen: pages that move about would else grow a row without end. */
const MOST_RUNS_A_LAYER = 16;
/** In all. Chosen: 128 layers of 16. */
const MOST_RUNS = 2048;
/** Chosen: several times those of any model; without a bound, one sender of names could make all others wait. */
const MOST_LAYERS = 512;

/**
 * The union of two sets of inclusive page runs, by layer: sorted, disjoint, adjacent runs joined. Commutative, associative
 * and idempotent within the bounds of {@link boundPages}.
 *
 * @returns One of the two, unchanged, where the other adds nothing.
 */
export function mergePages(left: FlatTriples, right: FlatTriples): FlatTriples {
  if (right.length === 0 || left === right) return left;
  if (left.length === 0) return boundPages(right);
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
  return boundPages(merged);
}

/**
 * At most 16 runs a layer on average and 2,048 in all, the narrowest gaps between runs filled; layers past the 512 first
 * are left out.
 *
 * Cost: O(n log k) where k runs are past the bounds.
 */
export function boundPages(runs: FlatTriples): FlatTriples {
  if (runs.length <= 3 * MOST_RUNS_A_LAYER) return runs;
  const { count, end } = firstLayers(runs);
  const most = Math.min(MOST_RUNS_A_LAYER * count, MOST_RUNS);
  const kept = end === runs.length ? runs : runs.slice(0, end);
  const excess = kept.length / 3 - most;
  return excess > 0 ? fillNarrowestGaps(kept, excess) : kept;
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

/** How many layers there are, at most {@link MOST_LAYERS}, and where the last of them ends. */
function firstLayers(runs: FlatTriples): { readonly count: number; readonly end: number } {
  let count = 0;
  for (let at = 0; at < runs.length; at += 3) {
    if (at > 0 && runs[at] === runs[at - 3]) continue;
    if (count === MOST_LAYERS) return { count, end: at };
    count++;
  }
  return { count, end: runs.length };
}

/** Of gaps of one width the first are filled. O(n log count): one event adds one run. */
function fillNarrowestGaps(runs: FlatTriples, count: number): FlatTriples {
  const width = (at: number): number => runs[at + 1] - runs[at - 1];
  const isLater = (a: number, b: number): boolean => {
    const wider = width(a) - width(b);
    return wider > 0 || (wider === 0 && a > b);
  };
  /** The last of them on top. */
  const narrowest: number[] = [];
  for (let at = 3; at < runs.length; at += 3) {
    if (runs[at] !== runs[at - 3]) continue;
    if (narrowest.length < count) pushHeap(narrowest, at, isLater);
    else if (isLater(narrowest[0], at)) {
      popHeap(narrowest, isLater);
      pushHeap(narrowest, at, isLater);
    }
  }
  const filled = new Set(narrowest);
  const joined: number[] = [];
  for (let at = 0; at < runs.length; at += 3) {
    if (filled.has(at)) joined[joined.length - 1] = runs[at + 2];
    else joined.push(runs[at], runs[at + 1], runs[at + 2]);
  }
  return joined;
}

/** Pages in all runs. */
export function pageCount(pages: FlatTriples): number {
  let count = 0;
  for (let at = 0; at < pages.length; at += 3) count += pages[at + 2] - pages[at + 1] + 1;
  return count;
}
