import { setImmediate as otherWork } from 'node:timers/promises';
import type { PrefixIndex } from '../index/prefix-index.ts';
import { rowSlices } from '../totals/row-slices.ts';
import type { TotalsColumns } from '../totals/totals-columns.ts';

/** Changes an index, one thing after another, a few rows at a time: questions are answered in between. */
export interface SlicedChanges {
  /** @param onMerged - Called when all of the change is in the index. */
  readonly merge: (totals: TotalsColumns, onMerged: () => void) => void;
  /** Forgets prefixes not seen since. @returns How many. */
  readonly prune: (beforeMillis: number) => Promise<number>;
  /** Resolves when all that was asked for so far is done. */
  readonly settled: () => Promise<void>;
}

/** Chosen: two milliseconds or less. Fewer would wait for a turn of the event loop too often. */
const ROWS_AT_ONCE = 128;

export function changeInSlices(index: PrefixIndex): SlicedChanges {
  let last = Promise.resolve();
  const merge = async (totals: TotalsColumns, onMerged: () => void): Promise<void> => {
    for (const slice of rowSlices(totals, ROWS_AT_ONCE)) {
      await otherWork();
      index.merge(slice);
    }
    onMerged();
  };
  const prune = async (beforeMillis: number): Promise<number> => {
    const pruning = index.pruneInSteps(beforeMillis);
    for (;;) {
      const { done, value } = pruning.next();
      if (done === true) return value;
      await otherWork();
    }
  };
  return {
    merge: (totals, onMerged) => {
      last = last.then(() => merge(totals, onMerged));
    },
    prune: (beforeMillis) => {
      const pruned = last.then(() => prune(beforeMillis));
      last = pruned.then(() => undefined);
      return pruned;
    },
    settled: () => last,
  };
}
