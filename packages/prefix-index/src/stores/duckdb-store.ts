import { existsSync } from 'node:fs';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Database, TableWriter } from '@wavetune/engine';
import { aggregate, col, fieldsOf, join, type Plan, scan, TEXT } from '@wavetune/ir';
import { diskFull } from '../log/disk-failure.ts';
import { createNames, type Names } from '../totals/names.ts';
import { rowSlices } from '../totals/row-slices.ts';
import type { TotalsColumns } from '../totals/totals-columns.ts';
import { type Contents, contentsSince, refusalOf } from './contents.ts';
import {
  beginDatabase,
  type DuckdbFile,
  factsToColumns,
  openDuckdbFile,
  publishDatabase,
  sizeBytesOf,
  storeFailure,
  walOf,
} from './duckdb-file.ts';
import {
  batchesFromChunk,
  batchesToColumns,
  columnsOf,
  scanTable,
  scanTotals,
  totalsFromChunk,
  totalsToColumns,
} from './duckdb-tables.ts';
import type { FileStoreOptions } from './file-store.ts';
import type { BatchRecord, IndexStore, StoreChange } from './index-store.ts';
import { mergeRows } from './merge-rows.ts';

/**
 * A store in a DuckDB file: a commit appends its rows in one transaction, `load` streams them, `compact` and `prune` build
 * a new file and put it in place of the old one, so that the file shrinks. The first commit to a file of the schema before
 * does so too, and it is of this one then.
 *
 * @throws WavetuneError as `openStore`.
 */
export async function openDuckdbStore(options: FileStoreOptions): Promise<IndexStore> {
  const file = await openDuckdbFile(options);
  let rowCount = await countRows(file, 'totals');
  const rewrite = async (beforeMillis: number): Promise<number> => {
    await cancelNew(file);
    const { contents, pruned } = await contentsSince(store, beforeMillis);
    await replace(file, contents);
    rowCount = contents.totals.rowCount;
    return pruned;
  };
  const store: IndexStore = {
    kind: 'duckdb',
    settings: () => file.facts.settings,
    state: async () => ({ ...file.facts, rowCount, sizeBytes: sizeBytesOf(file.path) }),
    load: () => load(file),
    prepare: () => {
      if (!file.isMade) file.newDatabase ??= beginDatabase(file.path);
    },
    knownBatches: (batchIds) => knownBatches(file, batchIds),
    batches: () => batches(file),
    commit: async (change) => {
      const refusal = await refusalOf(store, change);
      if (refusal !== undefined) return refusal;
      if (file.totalsLayout === 'listed') await store.compact();
      await append(file, change);
      rowCount += change.totals.rowCount;
      return 'applied';
    },
    prune: rewrite,
    compact: async () => {
      await rewrite(Number.NEGATIVE_INFINITY);
    },
    verify: async () => {
      const table = await mergeRows(load(file), file.facts.settings.halfLifeMillis);
      const batchCount = await countRows(file, 'batches');
      return {
        rows: rowCount,
        keys: table.rowCount(),
        batches: batchCount,
        logRecords: 0,
        logTornBytes: 0,
      };
    },
    close: async () => {
      await cancelNew(file);
      await file.closeDatabase();
    },
  };
  return store;
}

async function cancelNew(file: DuckdbFile): Promise<void> {
  const { newDatabase } = file;
  file.newDatabase = undefined;
  await newDatabase?.cancel();
}

async function countRows(file: DuckdbFile, table: 'totals' | 'batches'): Promise<number> {
  if (!file.isMade) return 0;
  const scanned = table === 'totals' ? scanTotals(file.totalsLayout) : scanTable(table);
  const counted = aggregate(scanned, {}, { rows: { fn: 'count' } });
  const [{ rows }] = await reading(file, async (database) => database.rows(counted));
  return Number(rows);
}

async function* load(file: DuckdbFile): AsyncGenerator<TotalsColumns> {
  const { totalsLayout, names } = file;
  yield* streamed(file, scanTotals(totalsLayout), (chunk) =>
    totalsFromChunk(chunk, totalsLayout, names.list),
  );
}

async function* batches(file: DuckdbFile): AsyncGenerator<BatchRecord> {
  for await (const some of streamed(file, scanTable('batches'), batchesFromChunk)) yield* some;
}

/** Ids a query: a literal each. */
const IDS_A_QUERY = 5000;

async function knownBatches(
  file: DuckdbFile,
  batchIds: readonly string[],
): Promise<readonly string[]> {
  const known: string[] = [];
  for (let from = 0; from < batchIds.length; from += IDS_A_QUERY) {
    const rows = batchIds.slice(from, from + IDS_A_QUERY).map((id) => [id]);
    const asked = scan({ format: 'values', columns: fieldsOf({ asked: TEXT }), rows });
    const found = join('semi', scanTable('batches'), asked, [[col('id'), col('asked')]]);
    for await (const some of streamed(file, found, batchesFromChunk)) {
      known.push(...some.map(({ batchId }) => batchId));
    }
  }
  return known;
}

async function* streamed<T>(
  file: DuckdbFile,
  plan: Plan,
  read: (chunk: Parameters<typeof batchesFromChunk>[0]) => T,
): AsyncGenerator<T> {
  if (!file.isMade) return;
  try {
    for await (const chunk of (await file.database()).stream(plan)) yield read(chunk);
  } catch (error) {
    throw storeFailure(file.path, error);
  }
}

async function reading<T>(file: DuckdbFile, read: (database: Database) => Promise<T>): Promise<T> {
  try {
    return await read(await file.database());
  } catch (error) {
    throw storeFailure(file.path, error);
  }
}

/** After a failure the names are as they were, and the file is opened anew. */
async function append(file: DuckdbFile, change: StoreChange): Promise<void> {
  const names = createNames(file.names.list);
  const facts = { ...file.facts, logSequence: change.logSequence ?? file.facts.logSequence };
  const fill = async (tables: TableWriter): Promise<void> => {
    await appendContents(tables, change, names);
    await appendNames(tables, names, file.names.list.length);
  };
  try {
    if (file.isMade) {
      const database = await file.database();
      await database.transact(async (tables) => {
        await fill(tables);
        await tables.clear('store');
        await tables.append('store', factsToColumns(facts));
      });
    } else {
      const { newDatabase = beginDatabase(file.path) } = file;
      file.newDatabase = undefined;
      await newDatabase.publish(async (tables) => {
        await fill(tables);
        return facts;
      });
      file.isMade = true;
    }
  } catch (error) {
    await file.closeDatabase().catch(() => undefined);
    throw storeFailure(file.path, error);
  }
  file.names = names;
  file.facts = facts;
}

async function appendContents(
  tables: TableWriter,
  { batches: applied, totals }: Pick<StoreChange, 'batches' | 'totals'>,
  names: Names,
): Promise<void> {
  for (const slice of rowSlices(totals)) {
    const columns = totalsToColumns(slice, names);
    await otherWork();
    await tables.append('totals', columns);
  }
  await tables.append('batches', batchesToColumns(applied));
}

async function appendNames(tables: TableWriter, { list }: Names, from: number): Promise<void> {
  const added = list.slice(from);
  const ids = added.map((_, i) => BigInt(from + i));
  await tables.append('names', columnsOf('names', [ids, added]));
}

/** A log beside the old file would be read into the new one: it has to be gone before that stands there. */
async function replace(file: DuckdbFile, contents: Contents): Promise<void> {
  const { prunedBeforeMillis } = contents;
  const facts = { ...file.facts, prunedBeforeMillis };
  const names = createNames([]);
  try {
    await publishDatabase(file.path, async (tables) => {
      await appendContents(tables, contents, names);
      await appendNames(tables, names, 0);
      await file.closeDatabase();
      if (existsSync(walOf(file.path))) throw diskFull(file.path, 'its log does not fit into it');
      return facts;
    });
  } catch (error) {
    await file.closeDatabase().catch(() => undefined);
    throw storeFailure(file.path, error);
  }
  file.isMade = true;
  file.totalsLayout = 'packed';
  file.names = names;
  file.facts = facts;
}
