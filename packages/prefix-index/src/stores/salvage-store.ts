import { type Salvage, salvageLog } from '../log/salvage-log.ts';
import { logPlaceOf } from './log-tail.ts';
import { openBareStore } from './open-bare-store.ts';

/**
 * Makes the log before a store readable where it is damaged, or where records between the two are missing; see
 * `salvageLog`. A store without a log has nothing to salvage.
 *
 * @throws WavetuneError as `openStore`, but for `index-log.damaged` and `index-log.gap`.
 */
export async function salvageStore(url: string): Promise<Salvage> {
  const { store, logFolder } = await openBareStore({ url, settings: {}, access: 'read' });
  try {
    if (logFolder === undefined) return { keptFrames: 0, lostFrames: 0, setAside: [] };
    return await salvageLog(await logPlaceOf(store, logFolder));
  } finally {
    await store.close();
  }
}
