import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { isWavetuneError } from '@wavetune/core';
import { type FileLock, lockFile } from '@wavetune/engine';
import { toDiskFailure } from '../log/disk-failure.ts';
import { openDuckdbStore } from './duckdb-store.ts';
import type { FileStoreOptions } from './file-store.ts';
import type { IndexStore } from './index-store.ts';
import { openJsonlStore } from './jsonl-store.ts';
import { createMemoryStore } from './memory-store.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { settingsOfNew, type WantedSettings } from './settings-match.ts';
import { storeError } from './store-errors.ts';

/** A store without the log that may stand before it. */
export interface OpenedStore {
  readonly store: IndexStore;
  /** Where the log of a store of files is; the others have none. */
  readonly logFolder: string | undefined;
}

export interface OpenStoreOptions {
  /** `index.duckdb`, `index.jsonl`, `memory:` or `redis://host:port/db`. */
  readonly url: string;
  readonly settings: WantedSettings;
  /** A store of files that is not there is made where this is `write`, and refused where it is `read`. */
  readonly access: 'write' | 'read';
  /** A DuckDB file that is not there is made by the first commit: until then nobody else sees it, and a failure leaves none. */
  readonly isMadeLate?: boolean;
}

const FILE_STORES: Readonly<Record<string, (options: FileStoreOptions) => Promise<IndexStore>>> = {
  duckdb: openDuckdbStore,
  jsonl: openJsonlStore,
};

/** @throws WavetuneError as `openStore`. */
export async function openBareStore(options: OpenStoreOptions): Promise<OpenedStore> {
  const { url, settings } = options;
  if (url === 'memory:') {
    const store = oneAtATime(createMemoryStore(settingsOfNew(settings)));
    return { store, logFolder: undefined };
  }
  if (/^rediss?:\/\//.test(url)) {
    const { openRedisStore } = await import('./redis-store.ts');
    return { store: oneAtATime(await openRedisStore(url, settings)), logFolder: undefined };
  }
  const openFile = FILE_STORES[/\.(\w+)$/.exec(url)?.[1] ?? ''];
  if (openFile === undefined || /^\w+:\/\//.test(url)) {
    throw storeError('index-store.unknown-url', { found: url });
  }
  if (options.access === 'read' && !existsSync(url)) {
    throw storeError('index-store.missing', { path: url });
  }
  return { store: await openLocked(options, openFile), logFolder: `${url}.log` };
}

/** The file, held against all others as long as it is open. */
async function openLocked(
  { url: path, settings: wanted, isMadeLate = false }: OpenStoreOptions,
  openFile: (options: FileStoreOptions) => Promise<IndexStore>,
): Promise<IndexStore> {
  const lock = lockStore(path);
  try {
    const store = await openFile({ path, wanted, isMadeLate });
    return oneAtATime({
      ...store,
      close: async () => {
        await store.close();
        lock?.release();
      },
    });
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** None where nobody can write the folder: a store that may only be read needs no lock. */
function lockStore(path: string): FileLock | undefined {
  try {
    return lockFile(`${path}.lock`);
  } catch (error) {
    if (isWavetuneError(error, 'engine.file-in-use')) {
      const { owner } = error.details as { readonly owner: string };
      throw storeError('index-store.in-use', { path, owner }, { cause: error });
    }
    if (existsSync(path) && !isWritable(dirname(path))) return undefined;
    throw toDiskFailure(path, error);
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
