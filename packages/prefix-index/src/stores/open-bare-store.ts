import type { StoreSettings } from '../totals/settings.ts';
import type { IndexStore } from './index-store.ts';
import { createMemoryStore } from './memory-store.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { storeError } from './store-errors.ts';

/** A store without the log that may stand before it. */
export interface OpenedStore {
  readonly store: IndexStore;
  /** Where the log of a store of files is; the others have none. */
  readonly logFolder: string | undefined;
}

/** @throws WavetuneError as `openStore`. */
export async function openBareStore(url: string, settings: StoreSettings): Promise<OpenedStore> {
  if (url === 'memory:') {
    return { store: oneAtATime(createMemoryStore(settings)), logFolder: undefined };
  }
  throw storeError('index-store.unknown-url', { found: url });
}
