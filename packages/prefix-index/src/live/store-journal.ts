import type { Following, IndexStore, StoreChange } from '../stores/index-store.ts';
import { ROW_BYTES } from './change-in-slices.ts';
import { compactWhereDue } from './compact-where-due.ts';
import type { Journal, Owner } from './journal.ts';

/**
 * Every batch straight into a store that is durable by itself, or ends with the process. Where others write there too, all
 * changes reach the owner by way of the store, in its order, own ones included.
 */
export async function createStoreJournal(store: IndexStore, owner: Owner): Promise<Journal> {
  let batchCount = 0;
  let queuedBytes = 0;
  for await (const _ of store.batches()) batchCount++;
  const apply = ({ batches, totals }: StoreChange): void => {
    batchCount += batches.length;
    owner.onTotals(totals);
  };
  const following: Following | undefined = store.follow?.({
    onChange: apply,
    onLost: owner.onFailure,
  });
  return {
    record: async ({ totals, ...batch }) => {
      const change = { batches: [batch], totals };
      const sizeBytes = ROW_BYTES * totals.rowCount;
      queuedBytes += sizeBytes;
      try {
        const outcome = await store.commit(change);
        if (following !== undefined) await following.caughtUp();
        else if (outcome === 'applied') apply(change);
        return outcome;
      } finally {
        queuedBytes -= sizeBytes;
      }
    },
    queuedBytes: () => queuedBytes,
    logBytes: () => 0,
    batchCount: () => batchCount,
    snapshot: async () => {
      await compactWhereDue(store, owner.compaction);
      return { keys: 0, batches: 0, tookMillis: 0 };
    },
    prune: (beforeMillis) => store.prune(beforeMillis),
    close: async () => {
      await following?.stop();
      await store.close();
    },
  };
}
