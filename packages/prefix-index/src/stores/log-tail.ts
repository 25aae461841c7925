import { rm } from 'node:fs/promises';
import { type LogPlace, listSegments, readSegments } from '../log/log-folder.ts';
import { createTotalsTable, type TotalsTable } from '../totals/totals-table.ts';
import { decodeRecord } from './change-json.ts';
import type { BatchRecord, IndexStore, StoreChange } from './index-store.ts';

/** Changes that are in a log and not in its store yet, merged. */
export interface Pending {
  readonly table: TotalsTable;
  readonly batches: BatchRecord[];
}

/** What a log holds that its store does not. */
export interface LogTail extends Pending {
  /** A frame holds all records that one fsync made durable. */
  readonly records: number;
  readonly lastSequence: number;
  /** Behind the last whole frame. */
  readonly tornBytes: number;
}

export function emptyPending(halfLifeMillis: number): Pending {
  return { table: createTotalsTable(halfLifeMillis), batches: [] };
}

export function addPending({ table, batches }: Pending, { totals, ...change }: StoreChange): void {
  table.merge(totals);
  batches.push(...change.batches);
}

/** Where the log of a store is, and from where on the store lacks it. */
export async function logPlaceOf(store: IndexStore, folder: string): Promise<LogPlace> {
  const { storeId, logSequence: after } = await store.state();
  return { folder, storeId, after };
}

/** @throws WavetuneError `index-log.*`, `index-store.damaged`. */
export async function readTail(place: LogPlace, halfLifeMillis: number): Promise<LogTail> {
  const pending = emptyPending(halfLifeMillis);
  let lastSequence = place.after;
  let count = 0;
  let tornBytes = 0;
  for await (const segment of readSegments(place)) {
    for (const { sequence, records } of segment.frames) {
      for (const record of records) addPending(pending, decodeRecord(record, segment.path));
      lastSequence = sequence;
      count += records.length;
    }
    tornBytes = segment.sizeBytes - segment.endBytes;
  }
  return { ...pending, records: count, lastSequence, tornBytes };
}

/**
 * The store together with what its log holds: all reads see it, and the first change puts it into the store. For whoever
 * works on a store of files without keeping a log of their own.
 */
export async function withLogTail(store: IndexStore, folder: string): Promise<IndexStore> {
  const { halfLifeMillis } = store.settings();
  let tail = await readTail(await logPlaceOf(store, folder), halfLifeMillis);
  const fold = async (): Promise<void> => {
    if (tail.records === 0) return;
    const { batches, table, lastSequence } = tail;
    await store.commit({ batches, totals: table.columns(), logSequence: lastSequence });
    tail = { ...emptyPending(halfLifeMillis), records: 0, lastSequence, tornBytes: 0 };
    for (const { path } of await listSegments(folder)) await rm(path, { force: true });
  };
  const folded = async <T>(work: () => Promise<T>): Promise<T> => {
    await fold();
    return work();
  };
  return {
    ...store,
    load: async function* () {
      yield* store.load();
      yield tail.table.columns();
    },
    knownBatches: async (ids) => {
      const inTail = new Set(tail.batches.map(({ batchId }) => batchId));
      return [...(await store.knownBatches(ids)), ...ids.filter((id) => inTail.has(id))];
    },
    batches: async function* () {
      yield* store.batches();
      yield* tail.batches;
    },
    commit: (change) => folded(() => store.commit(change)),
    prune: (beforeMillis) => folded(() => store.prune(beforeMillis)),
    compact: () => folded(() => store.compact()),
    verify: async () => ({
      ...(await store.verify()),
      logRecords: tail.records,
      logTornBytes: tail.tornBytes,
    }),
  };
}
