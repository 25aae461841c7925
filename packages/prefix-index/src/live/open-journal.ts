import { openEventLog } from '../log/event-log.ts';
import { readFrames } from '../log/log-folder.ts';
import { decodeRecord } from '../stores/change-json.ts';
import type { IndexStore } from '../stores/index-store.ts';
import { type OpenedStore, openBareStore } from '../stores/open-bare-store.ts';
import type { TotalsColumns } from '../totals/totals-columns.ts';
import { addPending, createFileJournal, emptyPending } from './file-journal.ts';
import type { Journal } from './journal.ts';
import type { LiveOptions } from './live-index.ts';
import { createStoreJournal } from './store-journal.ts';

/**
 * Opens the store and calls with all that it and its log hold, and later with each change.
 *
 * @throws WavetuneError as `openStore`, and `index-log.*`.
 */
export async function openJournal(
  options: LiveOptions,
  onChange: (totals: TotalsColumns) => void,
): Promise<Journal> {
  const opened = await openBareStore(options.storeUrl, options.settings);
  try {
    for await (const totals of opened.store.load()) onChange(totals);
    return opened.logFolder === undefined
      ? await createStoreJournal(opened.store, onChange)
      : await withLog(opened, opened.logFolder, { ...options, onChange });
  } catch (error) {
    await opened.store.close();
    throw error;
  }
}

interface WithLogOptions extends Pick<LiveOptions, 'clock' | 'settings'> {
  readonly onChange: (totals: TotalsColumns) => void;
}

async function withLog(
  { store }: OpenedStore,
  folder: string,
  { settings, clock, onChange }: WithLogOptions,
): Promise<Journal> {
  const { storeId, logSequence: after, prunedBeforeMillis } = await store.state();
  const place = { folder, storeId, after };
  const known = await batchIdsOf(store);
  const tail = emptyPending(settings.halfLifeMillis);
  for await (const { records } of readFrames(place)) {
    for (const record of records) {
      const change = decodeRecord(record, folder);
      for (const { batchId } of change.batches) known.add(batchId);
      addPending(tail, change);
      onChange(change.totals);
    }
  }
  const log = await openEventLog(place);
  return createFileJournal({ store, log, known, tail, prunedBeforeMillis, clock, onChange });
}

async function batchIdsOf(store: IndexStore): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { batchId } of store.batches()) ids.add(batchId);
  return ids;
}
