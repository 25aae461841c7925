import { type FileHandle, open, stat } from 'node:fs/promises';
import { publishFile } from '@wavetune/core';
import { toDiskFailure } from '../log/disk-failure.ts';
import { writeAll } from '../log/write-all.ts';
import type { TotalsColumns } from '../totals/totals-columns.ts';
import { type Contents, contentsSince, refusalOf } from './contents.ts';
import type { FileStoreOptions } from './file-store.ts';
import type { BatchRecord, IndexStore, StoreChange, VerifyReport } from './index-store.ts';
import { changeLines, parseLine, type StoreLine, storeLine } from './jsonl-text.ts';
import { mergeRows } from './merge-rows.ts';
import { readLines } from './read-lines.ts';
import { type RowJson, rowsFromJson } from './rows-json.ts';
import { scanJsonl } from './scan-jsonl.ts';
import { checkWanted, settingsOfNew } from './settings-match.ts';
import { storeError } from './store-errors.ts';
import { newStoreId } from './store-id.ts';

interface JsonlState {
  readonly path: string;
  store: StoreLine['store'];
  known: Map<string, BatchRecord>;
  rowCount: number;
  logSequence: number;
  /** Up to here the file is durable and whole. */
  endBytes: number;
}

/**
 * A store that people can read: a JSON object a line, each commit appended and synced, `compact` and `prune` replacing the
 * file atomically.
 *
 * @throws WavetuneError `index-store.damaged`, `index-store.not-a-store`, `index-store.other-settings`, `index-disk.*`.
 */
export async function openJsonlStore({ path, wanted }: FileStoreOptions): Promise<IndexStore> {
  const file = await readState(path, wanted);
  const state = async () => ({
    storeId: file.store.id,
    settings: file.store.settings,
    logSequence: file.logSequence,
    prunedBeforeMillis: file.store.prunedBeforeMillis ?? Number.NEGATIVE_INFINITY,
    rowCount: file.rowCount,
    sizeBytes: file.endBytes,
  });
  const store: IndexStore = {
    kind: 'jsonl',
    settings: () => file.store.settings,
    state,
    load: () => load(file),
    knownBatches: async (ids) => ids.filter((id) => file.known.has(id)),
    batches: async function* () {
      yield* file.known.values();
    },
    commit: async (change) => {
      const refusal = await refusalOf(store, change);
      if (refusal !== undefined) return refusal;
      await append(file, change);
      return 'applied';
    },
    prune: async (beforeMillis) => {
      const { contents, pruned } = await contentsSince(store, beforeMillis);
      await replace(file, contents);
      return pruned;
    },
    compact: async () => {
      const { contents } = await contentsSince(store, Number.NEGATIVE_INFINITY);
      await replace(file, contents);
    },
    verify: () => verify(file),
    close: async () => undefined,
  };
  return store;
}

async function readState(path: string, wanted: FileStoreOptions['wanted']): Promise<JsonlState> {
  try {
    const sizeBytes = await sizeOf(path);
    if (sizeBytes === undefined) {
      const store = { id: newStoreId(), settings: settingsOfNew(wanted) };
      const text = storeLine({ store });
      await publishFile(path, [text]);
      return { path, store, known: new Map(), rowCount: 0, logSequence: 0, endBytes: text.length };
    }
    const content = await scanJsonl(path, sizeBytes);
    checkWanted(path, content.store.settings, wanted);
    return { path, ...content, known: byId(content.batches) };
  } catch (error) {
    throw toDiskFailure(path, error);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function byId(batches: readonly BatchRecord[]): Map<string, BatchRecord> {
  return new Map(batches.map((batch) => [batch.batchId, batch]));
}

async function* load({ path, endBytes }: JsonlState): AsyncGenerator<TotalsColumns> {
  for await (const lines of readLines(path, endBytes)) {
    const rows: RowJson[] = [];
    for (const { bytes, offsetBytes, number } of lines) {
      if (number === 1) continue;
      try {
        const line = parseLine(bytes.toString('utf8'));
        if (line.kind === 'entry') rows.push(line.row);
      } catch (cause) {
        const place = `byte ${offsetBytes}, line ${number}`;
        const reason = 'no batch, entry or commit';
        throw storeError('index-store.damaged', { path, place, reason }, { cause });
      }
    }
    yield rowsFromJson(rows);
  }
}

/** What an append that fails leaves behind the last commit is cut away at once, or by the next append. */
async function append(file: JsonlState, change: StoreChange): Promise<void> {
  const logSequence = change.logSequence ?? file.logSequence;
  let endBytes = file.endBytes;
  let handle: FileHandle | undefined;
  try {
    handle = await open(file.path, 'r+');
    await handle.truncate(endBytes);
    for (const text of changeLines(change, logSequence)) {
      const bytes = Buffer.from(text);
      await writeAll(handle, bytes, endBytes);
      endBytes += bytes.length;
    }
    await handle.sync();
  } catch (error) {
    await handle?.truncate(file.endBytes).catch(() => undefined);
    throw toDiskFailure(file.path, error);
  } finally {
    await handle?.close();
  }
  file.endBytes = endBytes;
  file.logSequence = logSequence;
  file.rowCount += change.totals.rowCount;
  for (const batch of change.batches) file.known.set(batch.batchId, batch);
}

async function replace(file: JsonlState, contents: Contents): Promise<void> {
  const { prunedBeforeMillis } = contents;
  const isPruned = Number.isFinite(prunedBeforeMillis);
  const { id, settings } = file.store;
  const store = { id, settings, ...(isPruned && { prunedBeforeMillis }) };
  let endBytes = 0;
  const parts = function* (): Generator<string> {
    for (const text of linesOf({ store }, contents, file.logSequence)) {
      endBytes += Buffer.byteLength(text);
      yield text;
    }
  };
  await publishFile(file.path, parts()).catch((error) => {
    throw toDiskFailure(file.path, error);
  });
  file.store = store;
  file.known = byId(contents.batches);
  file.rowCount = contents.totals.rowCount;
  file.endBytes = endBytes;
}

function* linesOf(store: StoreLine, contents: Contents, logSequence: number): Generator<string> {
  yield storeLine(store);
  yield* changeLines(contents, logSequence);
}

async function verify(file: JsonlState): Promise<VerifyReport> {
  const { rowCount, batches } = await scanJsonl(file.path, file.endBytes);
  const table = await mergeRows(load(file), file.store.settings.halfLifeMillis);
  return {
    rows: rowCount,
    keys: table.rowCount(),
    batches: batches.length,
    logRecords: 0,
    logTornBytes: 0,
  };
}
