import { boundPages } from '../totals/page-runs.ts';
import type { FlatTriples } from '../totals/totals-columns.ts';

/** Layer (9 bits), first page (31 bits) and pages after it (12 bits) in one whole number below 2^52. */
export const PACKED_LAYERS = 2 ** 9;
export const PACKED_STARTS = 2 ** 31;
export const PACKED_SPAN = 2 ** 12;

const SPAN_BITS = 12;
/** What a packed number's high word holds: the layer, and the first page's upper bits. */
const WORD = 2 ** 32;
const LAYER_SHIFT = 11;
const START_MASK = 2 ** 11 - 1;
const START_WORD = 2 ** 20;
/** So few runs are within the bounds of every layer. */
const MOST_UNBOUNDED = 16;

/** Masses of an epoch are relative to its beginning. */
export const EPOCH_HALF_LIVES = 512;

/** The layers that packed pages number, by their names. */
export const PACKED_LAYER_NAMES: readonly string[] = Array.from(
  { length: PACKED_LAYERS },
  (_, i) => `${i}`,
);

/** The union of packed runs, which are sorted in place: disjoint, not adjacent, and bounded as rows are. */
export function unpackPages(packed: Float64Array): FlatTriples {
  const runs = new Float64Array(3 * packed.length);
  const count = unpackSortedRuns(packed.sort(), runs);
  return Array.from(runs.subarray(0, count));
}

/** As {@link unpackPages}, of runs that ascend. @returns How many numbers were written to the beginning of `to`. */
export function unpackSortedRuns(packed: Float64Array, to: Float64Array): number {
  let count = 0;
  for (let i = 0; i < packed.length; i++) {
    const high = Math.floor(packed[i] / WORD);
    const low = packed[i] - high * WORD;
    const layer = high >>> LAYER_SHIFT;
    const start = (high & START_MASK) * START_WORD + (low >>> SPAN_BITS);
    const end = start + (low & (PACKED_SPAN - 1));
    if (count > 0 && to[count - 3] === layer && start <= to[count - 1] + 1) {
      if (end > to[count - 1]) to[count - 1] = end;
    } else {
      to[count] = layer;
      to[count + 1] = start;
      to[count + 2] = end;
      count += 3;
    }
  }
  return count > 3 * MOST_UNBOUNDED ? bounded(to, count) : count;
}

/** The layer of a packed run. */
export function layerOfRun(run: number): number {
  return (run / WORD) >>> LAYER_SHIFT;
}

function bounded(runs: Float64Array, count: number): number {
  const kept = boundPages(Array.from(runs.subarray(0, count)));
  runs.set(kept);
  return kept.length;
}
