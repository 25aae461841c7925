import type { IndexStore, StoreChange } from '../stores/index-store.ts';
import type { TotalsColumns } from '../totals/totals-columns.ts';
import type { Journal } from './journal.ts';

/** Every batch straight into a store that is durable by itself, or ends with the process; others may write there too. */
export async function createStoreJournal(
  store: IndexStore,
  onChange: (totals: TotalsColumns) => void,
): Promise<Journal> {
  let batchCount = 0;
  let queuedBytes = 0;
  for await (const _ of store.batches()) batchCount++;
  const apply = ({ batches, totals }: StoreChange): void => {
    batchCount += batches.length;
    onChange(totals);
  };
  const unfollow = store.follow?.(apply);
  return {
    record: async ({ totals, ...batch }) => {
      const change = { batches: [batch], totals };
      const sizeBytes = ROW_BYTES * totals.rowCount;
      queuedBytes += sizeBytes;
      try {
        const outcome = await store.commit(change);
        if (outcome === 'applied') apply(change);
        return outcome;
      } finally {
        queuedBytes -= sizeBytes;
      }
    },
    queuedBytes: () => queuedBytes,
    logBytes: () => 0,
    batchCount: () => batchCount,
    snapshot: async () => ({ keys: 0, batches: 0, tookMillis: 0 }),
    prune: (beforeMillis) => store.prune(beforeMillis),
    close: async () => {
      await unfollow?.();
      await store.close();
    },
  };
}

/** About what a row takes on its way. */
const ROW_BYTES = 400;
