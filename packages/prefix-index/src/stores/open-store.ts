import type { IndexStore } from './index-store.ts';
import { withLogTail } from './log-tail.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { type OpenStoreOptions, openBareStore } from './open-bare-store.ts';

/**
 * Opens a store, which no other process can open until it is closed, unless it is one that several share. It holds all
 * that a live index acknowledged, also one that was killed.
 *
 * @throws WavetuneError `index-store.unknown-url`, `index-store.missing`, `index-store.in-use`,
 * `index-store.other-settings`, `index-store.not-a-store`, `index-store.damaged`, `index-store.unreachable`, `index-log.*`,
 * `index-disk.*`.
 */
export async function openStore(options: OpenStoreOptions): Promise<IndexStore> {
  const { store, logFolder } = await openBareStore(options);
  if (logFolder === undefined) return store;
  try {
    return oneAtATime(await withLogTail(store, logFolder));
  } catch (error) {
    await store.close();
    throw error;
  }
}
