import { openEventLog } from '../log/event-log.ts';
import type { IndexStore } from '../stores/index-store.ts';
import { logPlaceOf, readTail } from '../stores/log-tail.ts';
import { openBareStore } from '../stores/open-bare-store.ts';
import { createFileJournal } from './file-journal.ts';
import type { Journal, Owner } from './journal.ts';
import type { LiveOptions } from './live-index.ts';
import { createStoreJournal } from './store-journal.ts';

/** @throws WavetuneError as `openStore`. */
export async function openJournal(options: LiveOptions, owner: Owner): Promise<Journal> {
  const { storeUrl: url, settings } = options;
  const { store, logFolder } = await openBareStore({ url, settings, access: 'write' });
  try {
    owner.onSettings(store.settings());
    for await (const totals of store.load()) owner.onTotals(totals);
    return logFolder === undefined
      ? await createStoreJournal(store, owner)
      : await withLog(store, logFolder, { options, owner });
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Party {
  readonly options: LiveOptions;
  readonly owner: Owner;
}

async function withLog(
  store: IndexStore,
  folder: string,
  { options, owner }: Party,
): Promise<Journal> {
  const place = await logPlaceOf(store, folder);
  const { prunedBeforeMillis } = await store.state();
  const tail = await readTail(place, store.settings().halfLifeMillis);
  owner.onTotals(tail.table.columns());
  const known = new Set(tail.batches.map(({ batchId }) => batchId));
  for await (const { batchId } of store.batches()) known.add(batchId);
  const log = await openEventLog(place);
  const { clock } = options;
  return createFileJournal({ ...owner, store, log, known, tail, prunedBeforeMillis, clock });
}
