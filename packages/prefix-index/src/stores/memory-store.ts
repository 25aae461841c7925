import type { StoreSettings } from '../totals/settings.ts';
import { createTotalsTable } from '../totals/totals-table.ts';
import { contentsSince, refusalOf } from './contents.ts';
import type { BatchRecord, IndexStore, StoreState } from './index-store.ts';

/** A store that ends with its process. */
export function createMemoryStore(settings: StoreSettings): IndexStore {
  const { halfLifeMillis } = settings;
  let table = createTotalsTable(halfLifeMillis);
  let known = new Map<string, BatchRecord>();
  let prunedBeforeMillis = Number.NEGATIVE_INFINITY;
  let logSequence = 0;
  const state = async (): Promise<StoreState> => ({
    storeId: '0'.repeat(16),
    settings,
    logSequence,
    prunedBeforeMillis,
    rowCount: table.rowCount(),
    sizeBytes: 0,
  });
  const store: IndexStore = {
    kind: 'memory',
    settings: () => settings,
    state,
    load: async function* () {
      yield table.columns();
    },
    knownBatches: async (batchIds) => batchIds.filter((id) => known.has(id)),
    batches: async function* () {
      yield* known.values();
    },
    commit: async (change) => {
      const refusal = await refusalOf(store, change);
      if (refusal !== undefined) return refusal;
      for (const batch of change.batches) known.set(batch.batchId, batch);
      table.merge(change.totals);
      logSequence = change.logSequence ?? logSequence;
      return 'applied';
    },
    prune: async (beforeMillis) => {
      const { contents, pruned } = await contentsSince(store, beforeMillis);
      ({ prunedBeforeMillis } = contents);
      known = new Map(contents.batches.map((batch) => [batch.batchId, batch]));
      table = createTotalsTable(halfLifeMillis);
      table.merge(contents.totals);
      return pruned;
    },
    compact: async () => undefined,
    verify: async () => ({
      rows: table.rowCount(),
      keys: table.rowCount(),
      batches: known.size,
      logRecords: 0,
      logTornBytes: 0,
    }),
    close: async () => undefined,
  };
  return store;
}
