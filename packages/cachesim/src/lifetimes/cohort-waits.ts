import { NONE, type RequestRange, type TraceColumns } from '@wavetune/core';

/** How long the blocks of one cohort waited, in runs of neighbours that waited together. */
export interface CohortWaits {
  /** Ended with a touch. */
  readonly touched: WaitRuns;
  /** Cut off by the end of what was looked at. */
  readonly cut: WaitRuns;
}

export interface WaitRuns {
  readonly millis: number[];
  readonly blocks: number[];
}

/**
 * Waits that began in `range`, by cohort; nothing after its end is looked at.
 *
 * @param cohorts - Dense cohort of each block, `NONE` for none; shape `[d]`.
 */
export function cohortWaits(
  { offsets, blocks, timeMillis, parents }: TraceColumns,
  range: RequestRange,
  cohorts: Uint32Array,
): ReadonlyMap<number, CohortWaits> {
  const waits = new Map<number, CohortWaits>();
  const latest = new Uint32Array(parents.length).fill(NONE);
  const add = (cohort: number, ending: keyof CohortWaits, millis: number, count: number): void => {
    const empty = { touched: { millis: [], blocks: [] }, cut: { millis: [], blocks: [] } };
    const runs = waits.get(cohort) ?? empty;
    waits.set(cohort, runs);
    runs[ending].millis.push(millis);
    runs[ending].blocks.push(count);
  };
  for (let r = range.begin; r < range.end; r++) {
    for (let i = offsets[r]; i < offsets[r + 1]; ) {
      const touched = latest[blocks[i]];
      const cohort = cohorts[blocks[i]];
      const first = i;
      for (; i < offsets[r + 1]; i++) {
        if (latest[blocks[i]] !== touched || cohorts[blocks[i]] !== cohort) break;
        latest[blocks[i]] = r;
      }
      if (touched !== NONE && cohort !== NONE) {
        add(cohort, 'touched', timeMillis[r] - timeMillis[touched], i - first);
      }
    }
  }
  for (let block = 0; block < latest.length; block++) {
    if (latest[block] === NONE || cohorts[block] === NONE) continue;
    add(cohorts[block], 'cut', timeMillis[range.end - 1] - timeMillis[latest[block]], 1);
  }
  return waits;
}
