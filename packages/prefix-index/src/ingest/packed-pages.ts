import { boundPages } from '../totals/page-runs.ts';
import type { FlatTriples } from '../totals/totals-columns.ts';

/** Layer (9 bits), first page (31 bits) and pages after it (12 bits) in one whole number below 2^52. */
export const PACKED_LAYERS = 2 ** 9;
export const PACKED_STARTS = 2 ** 31;
export const PACKED_SPAN = 2 ** 12;

/** Masses of an epoch are relative to its beginning. */
export const EPOCH_HALF_LIVES = 512;

/** The layers that packed pages number, by their names. */
export const PACKED_LAYER_NAMES: readonly string[] = Array.from(
  { length: PACKED_LAYERS },
  (_, i) => `${i}`,
);

/** The union of packed runs, which are sorted in place: disjoint, not adjacent, and bounded as rows are. */
export function unpackPages(packed: Float64Array): FlatTriples {
  return unpackSortedPages(packed.sort());
}

/** As {@link unpackPages}, of runs that ascend. */
export function unpackSortedPages(packed: Float64Array): FlatTriples {
  const runs: number[] = [];
  let previous = -1;
  for (const run of packed) {
    if (run === previous) continue;
    previous = run;
    const span = run % PACKED_SPAN;
    const place = (run - span) / PACKED_SPAN;
    const start = place % PACKED_STARTS;
    const layer = (place - start) / PACKED_STARTS;
    const last = runs.length - 3;
    if (last >= 0 && runs[last] === layer && start <= runs[last + 2] + 1) {
      runs[last + 2] = Math.max(runs[last + 2], start + span);
    } else {
      runs.push(layer, start, start + span);
    }
  }
  return boundPages(runs);
}
