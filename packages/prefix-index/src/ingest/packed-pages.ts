import { boundPages } from '../totals/page-runs.ts';
import { endList, type GrowingLists } from './growing-lists.ts';

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

/**
 * Adds the union of the packed runs from `from` until before `to`, which ascend, as a list: disjoint, not adjacent, and
 * bounded as rows are.
 */
export function addRuns(lists: GrowingLists, packed: Float64Array, from: number, to: number): void {
  const { items } = lists;
  const first = lists.itemCount;
  let count = first;
  for (let i = from; i < to; i++) {
    const high = Math.floor(packed[i] / WORD);
    const low = packed[i] - high * WORD;
    const layer = high >>> LAYER_SHIFT;
    const start = (high & START_MASK) * START_WORD + (low >>> SPAN_BITS);
    const end = start + (low & (PACKED_SPAN - 1));
    if (count > first && items[count - 3] === layer && start <= items[count - 1] + 1) {
      if (end > items[count - 1]) items[count - 1] = end;
    } else {
      items[count] = layer;
      items[count + 1] = start;
      items[count + 2] = end;
      count += 3;
    }
  }
  if (count - first > 3 * MOST_UNBOUNDED) {
    const kept = boundPages(Array.from(items.subarray(first, count)));
    items.set(kept, first);
    count = first + kept.length;
  }
  lists.itemCount = count;
  endList(lists);
}

/** The layer of a packed run. */
export function layerOfRun(run: number): number {
  return (run / WORD) >>> LAYER_SHIFT;
}
