import { setImmediate as otherWork } from 'node:timers/promises';
import type { PrefixIndex } from '../index/prefix-index.ts';
import { createTurns } from '../log/turns.ts';
import { rowSlices } from '../totals/row-slices.ts';
import type { TotalsColumns } from '../totals/totals-columns.ts';

/**
 * Changes an index, one thing after another, a few rows at a time: questions are answered in between. What fails does not
 * keep back what comes after it.
 */
export interface SlicedChanges {
  /** @param onMerged - Called when all of the change is in the index. */
  readonly merge: (totals: TotalsColumns, onMerged: () => void) => void;
  /** Forgets prefixes not seen since. @returns How many. */
  readonly prune: (beforeMillis: number) => Promise<number>;
  /** Resolves when all that was asked for so far has ended. */
  readonly settled: () => Promise<void>;
  /** Of changes that are not in the index yet. */
  readonly queuedBytes: () => number;
}

/** About what a row takes on its way. */
export const ROW_BYTES = 400;

/** Chosen: two milliseconds or less. Fewer would wait for a turn of the event loop too often. */
const ROWS_AT_ONCE = 128;

/** @param onFailure - Called where a change fails that nobody waits for. */
export function changeInSlices(
  index: PrefixIndex,
  onFailure: (failure: unknown) => void,
): SlicedChanges {
  const inTurn = createTurns();
  let queuedRows = 0;
  const merge = async (totals: TotalsColumns): Promise<void> => {
    for (const slice of rowSlices(totals, ROWS_AT_ONCE)) {
      await otherWork();
      index.merge(slice);
    }
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
      queuedRows += totals.rowCount;
      const merged = inTurn(async () => {
        try {
          await merge(totals);
        } finally {
          queuedRows -= totals.rowCount;
        }
        onMerged();
      });
      merged.catch(onFailure);
    },
    prune: (beforeMillis) => inTurn(() => prune(beforeMillis)),
    settled: () => inTurn(async () => undefined),
    queuedBytes: () => ROW_BYTES * queuedRows,
  };
}
