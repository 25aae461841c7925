import {
  firstRequests,
  hitsTask,
  hitTokensOf,
  type LearnedTable,
  trainTables,
} from '@wavetune/cachesim';
import type { Bench } from './bench.ts';
import { replayCacheError } from './replay-cache-errors.ts';
import type { Ground, Size } from './replay-trace.ts';

/** What the list of policies calls eviction by a table learned from the requests before the window. */
export const LEARNED = 'learned';

/**
 * A table for each size, all fitted to the requests before the window: of several parameterisations the one that hits most
 * on the end of those requests when fitted to their beginning.
 *
 * @throws WavetuneError `replay-cache.nothing-to-learn` where no block was used twice before the window.
 */
export async function learnTables(
  ground: Ground,
  sizes: readonly Size[],
  { pool, session }: Bench,
): Promise<ReadonlyMap<number, LearnedTable>> {
  const { columns } = ground.trace;
  const { trainEnd, validateFrom, early, full } = trainTables(columns, ground.window.measureFrom);
  if (early.length === 0 || full.length < early.length) {
    throw replayCacheError('replay-cache.nothing-to-learn', { requests: trainEnd });
  }
  const seen = firstRequests(columns, trainEnd);
  const learned = await Promise.all(
    sizes.map(async ({ blocks: capacityBlocks }) => {
      const simulations = early.map(({ table }) => ({ policy: LEARNED, table, capacityBlocks }));
      const hits = await pool.run(hitsTask, { columns: seen, simulations, firstPlace: 0 });
      session.checkpoint();
      const scores = hits.map(({ outcome }) =>
        hitTokensOf(seen, outcome)
          .subarray(validateFrom)
          .reduce((sum, tokens) => sum + tokens, 0),
      );
      return [capacityBlocks, full[scores.indexOf(Math.max(...scores))].table] as const;
    }),
  );
  return new Map(learned);
}
