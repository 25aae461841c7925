import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isWavetuneError, publishBy } from '@wavetune/core';
import { type Database, openDatabase, type TableWriter } from '@wavetune/engine';
import { toDiskFailure } from '../log/disk-failure.ts';
import { createNames, type Names } from '../totals/names.ts';
import { DEFAULT_SETTINGS, type StoreSettings } from '../totals/settings.ts';
import { columnsOf, scanTable, TABLES, type TotalsLayout } from './duckdb-tables.ts';
import type { FileStoreOptions } from './file-store.ts';
import { checkWanted, settingsFault, settingsFromJson, settingsOfNew } from './settings-match.ts';
import { storeError } from './store-errors.ts';
import { newStoreId } from './store-id.ts';

/** What the table `store` says. */
interface StoreFacts {
  readonly storeId: string;
  readonly settings: StoreSettings;
  readonly logSequence: number;
  readonly prunedBeforeMillis: number;
}

/** A database file that is opened again after each failure, since DuckDB may refuse all else until then. */
export interface DuckdbFile {
  readonly path: string;
  facts: StoreFacts;
  names: Names;
  /** Until then there is no file, and nobody may ask for the database. */
  isMade: boolean;
  /** What the first commit fills, where it was begun before. */
  newDatabase?: NewDatabase | undefined;
  totalsLayout: TotalsLayout;
  database(): Promise<Database>;
  /** The database is closed, and opened again when it is next asked for. */
  closeDatabase(): Promise<void>;
}

const THREADS = 2;
/** Chosen: reads and appends go in chunks; only a commit's rows are held. */
const MEMORY_LIMIT_BYTES = 2 ** 30;

/** A file that cannot be written can be read; writing to it is tried again when it is next opened. */
async function openWritableOrNot(path: string): Promise<Database> {
  try {
    return await openFile(path, 'write');
  } catch (error) {
    if (!isWavetuneError(error, 'engine.cannot-write') || !existsSync(path)) throw error;
    return openFile(path, 'read');
  }
}

function openFile(
  path: string,
  access: 'write' | 'read',
  rest: { readonly logLimitBytes?: number } = {},
): Promise<Database> {
  return openDatabase({
    path,
    access,
    threads: THREADS,
    memoryLimitBytes: MEMORY_LIMIT_BYTES,
    ...rest,
  });
}

/** @throws WavetuneError as `openStore`. */
export async function openDuckdbFile(options: FileStoreOptions): Promise<DuckdbFile> {
  const { path, wanted } = options;
  let open: Promise<Database> | undefined;
  const database = (): Promise<Database> => {
    open ??= openWritableOrNot(path).catch((error) => {
      open = undefined;
      throw storeFailure(path, error);
    });
    return open;
  };
  const closeDatabase = async (): Promise<void> => {
    const closing = open;
    open = undefined;
    await (await closing)?.close();
  };
  try {
    if (!existsSync(path)) {
      const facts = newFacts(wanted);
      const isMade = !options.isMadeLate;
      if (isMade) await publishDatabase(path, async () => facts);
      const own = { path, facts, names: createNames([]), isMade, totalsLayout: 'packed' } as const;
      return { ...own, database, closeDatabase };
    }
    const { totalsLayout, ...facts } = await readFacts(path, await database());
    checkWanted(path, facts.settings, wanted);
    const names = createNames(await readNames(await database()));
    return { path, facts, names, isMade: true, totalsLayout, database, closeDatabase };
  } catch (error) {
    await closeDatabase().catch(() => undefined);
    throw storeFailure(path, error);
  }
}

/** Fills the tables of a new database, which are empty, and says what it is. */
type Fill = (tables: TableWriter) => Promise<StoreFacts>;

/** A database that is being made, and waits for what it holds. */
export interface NewDatabase {
  /** As `publishDatabase`. */
  readonly publish: (fill: Fill) => Promise<void>;
  /** Nothing is left of it. */
  readonly cancel: () => Promise<void>;
}

export function beginDatabase(path: string): NewDatabase {
  const awaited = Promise.withResolvers<Fill>();
  const published = publishDatabase(path, async (tables) => (await awaited.promise)(tables));
  for (const promise of [awaited.promise, published]) promise.catch(() => undefined);
  return {
    publish: (fill) => {
      awaited.resolve(fill);
      return published;
    },
    cancel: async () => {
      awaited.reject(new Error('nothing was committed'));
      await published.catch(() => undefined);
    },
  };
}

/** Puts a new database in the place of the file, atomically; when `fill` ends, nobody may hold the old one open. */
export async function publishDatabase(path: string, fill: Fill): Promise<void> {
  await publishBy(path, async (temporary) => {
    // Nobody reads the log of a file that is not there yet.
    const database = await openFile(temporary, 'write', { logLimitBytes: 0 });
    try {
      await database.transact(async (tables) => {
        for (const [name, columns] of Object.entries(TABLES)) await tables.create(name, columns);
        await tables.append('store', factsToColumns(await fill(tables)));
      });
      await database.checkpoint();
    } finally {
      await database.close();
      await rm(walOf(temporary), { force: true });
    }
  });
}

export function factsToColumns(facts: StoreFacts) {
  const { storeId, settings, logSequence, prunedBeforeMillis } = facts;
  const rows = [
    ['id', storeId],
    ['settings', JSON.stringify({ ...settings, schema: PACKED_SCHEMA })],
    ['log_sequence', String(logSequence)],
    ['pruned_before_ms', String(prunedBeforeMillis)],
  ];
  return columnsOf('store', [rows.map(([key]) => key), rows.map(([, value]) => value)]);
}

function newFacts(wanted: FileStoreOptions['wanted']): StoreFacts {
  return {
    storeId: newStoreId(),
    settings: settingsOfNew(wanted),
    logSequence: 0,
    prunedBeforeMillis: Number.NEGATIVE_INFINITY,
  };
}

/** Of files whose table `totals` is packed; others are of the settings' own schema. */
const PACKED_SCHEMA = 'prefix-index/2';

async function readFacts(
  path: string,
  database: Database,
): Promise<StoreFacts & Pick<DuckdbFile, 'totalsLayout'>> {
  const rows = await database.rows(scanTable('store')).catch((cause) => {
    if (!isWavetuneError(cause, 'engine.unknown-table')) throw cause;
    const reason = 'it has no table "store"';
    throw storeError('index-store.not-a-store', { path, reason }, { cause });
  });
  const facts = new Map(rows.map(({ key, value }) => [key, String(value)]));
  try {
    const settings = JSON.parse(String(facts.get('settings')));
    const isPacked = settings.schema === PACKED_SCHEMA;
    const { schema } = DEFAULT_SETTINGS;
    return {
      totalsLayout: isPacked ? 'packed' : 'listed',
      storeId: String(facts.get('id')),
      settings: settingsFromJson(isPacked ? { ...settings, schema } : settings),
      logSequence: Number(facts.get('log_sequence')),
      prunedBeforeMillis: Number(facts.get('pruned_before_ms')),
    };
  } catch (cause) {
    const reason = settingsFault(cause, 'its settings are none');
    throw storeError('index-store.not-a-store', { path, reason }, { cause });
  }
}

async function readNames(database: Database): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { id, name } of await database.rows(scanTable('names')))
    names[Number(id)] = String(name);
  return names;
}

/** A failure of the engine's as one of the store's. */
export function storeFailure(path: string, error: unknown): unknown {
  if (isWavetuneError(error, 'engine.file-in-use')) {
    const { owner } = error.details as { readonly owner: string };
    return storeError('index-store.in-use', { path, owner }, { cause: error });
  }
  if (isWavetuneError(error, 'engine.not-a-database')) {
    const { reason } = error.details as { readonly reason: string };
    return storeError('index-store.not-a-store', { path, reason }, { cause: error });
  }
  if (isWavetuneError(error, 'engine.query-failed') || error instanceof TypeError) {
    const reason = error.message;
    return storeError('index-store.damaged', { path, place: 'a table', reason }, { cause: error });
  }
  return toDiskFailure(path, error);
}

/** Of the file and the log that DuckDB keeps beside it. */
export function sizeBytesOf(path: string): number {
  return [path, walOf(path)]
    .map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}

export function walOf(path: string): string {
  return `${path}.wal`;
}
