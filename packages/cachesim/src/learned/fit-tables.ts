import type { TraceColumns } from '@wavetune/core';
import { fitTable, type LearnedTable, type TableOptions } from './learned-table.ts';
import { ageBucketsOf, collectEpisodes, type ReuseEpisodes } from './reuse-episodes.ts';
import { fitScore } from './reuse-score.ts';

/** A table and the parameters it was fitted with. */
export interface FittedTable {
  readonly options: TableOptions;
  readonly table: LearnedTable;
}

/** Chosen, as what is tried below, in `experiments/learned-eviction`. */
const AGE_BUCKETS = 24;
const BANDS = 24;
const PRIOR_TOUCHES = 10;
/** Shares of the touches whose waits a horizon covers. */
const HORIZONS = [0.5, 0.9, 1];
const GAP_GROUPS = ['one', 'four'] as const;

/**
 * One table for each parameterisation, in a fixed order, all from the requests `[0, end)`; which of them serves a cache is
 * for a validation slice to say. Empty where nothing was touched twice.
 *
 * Cost: one pass over the references, then some milliseconds a table.
 */
export function fitTables(columns: TraceColumns, end: number): readonly FittedTable[] {
  const ageMillis = ageBucketsOf(columns, end, AGE_BUCKETS);
  const episodes = collectEpisodes(columns, end, ageMillis);
  if (!episodes.touched.some((count) => count > 0)) return [];
  return HORIZONS.flatMap((share) => {
    const horizonMillis = horizonOf(episodes, share);
    const score = fitScore(episodes, { horizonMillis, priorTouches: PRIOR_TOUCHES });
    return GAP_GROUPS.map((gapGroups) => {
      const options: TableOptions = { horizonMillis, bands: BANDS, gapGroups };
      return { options, table: fitTable(episodes, score, options) };
    });
  });
}

/** End of the age bucket by which `share` of the touches had come. */
function horizonOf({ ageMillis, touched }: ReuseEpisodes, share: number): number {
  const ages = ageMillis.length;
  const byAge = new Float64Array(ages);
  touched.forEach((count, at) => {
    byAge[at % ages] += count;
  });
  const total = byAge.reduce((sum, count) => sum + count, 0);
  let passed = 0;
  const last = byAge.findIndex((count) => {
    passed += count;
    return passed >= share * total;
  });
  return ageMillis[last + 1] ?? 2 * ageMillis[last] + 1;
}
