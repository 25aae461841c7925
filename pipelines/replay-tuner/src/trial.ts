import {
  firstRequests,
  type Simulation,
  selectRequests,
  validationStart,
} from '@wavetune/cachesim';
import type { TraceColumns } from '@wavetune/core';
import { type Bench, replayAll } from './replay-all.ts';
import { MIN_TUNED_REQUESTS } from './replay-tuner-errors.ts';
import { forestsOf, type TuningGround } from './tuning-ground.ts';

/** The tuned requests that candidates are compared on: those before the validation slice fit, those in it count. */
export interface Trial {
  /** Of these requests alone; its blocks are its own where they are not all. */
  readonly ground: TuningGround;
  /** In the trial. */
  readonly validateFrom: number;
  /** In the trace: candidates are compared on the requests `[from, tunedEnd)`, with a cache that is empty at first. */
  readonly from: number;
}

/**
 * The last of the tuned requests that hold so many block references together, more where that would not fill the cache
 * twice; all of them where there are no more. The validation slice is their last third.
 *
 * Cost: O(references).
 */
export function trialOf(ground: TuningGround, references: number): Trial {
  const { trace, tunedEnd } = ground;
  const from = firstCompared(ground, references);
  if (from === 0) {
    const columns = firstRequests(trace.columns, tunedEnd);
    return {
      from,
      ground: { ...ground, trace: { ...trace, columns } },
      validateFrom: validationStart(tunedEnd),
    };
  }
  const end = tunedEnd - from;
  const columns = selectRequests(
    trace.columns,
    Uint32Array.from({ length: end }, (_, i) => from + i),
  );
  const measured = { begin: end, end };
  const forestOf = forestsOf(columns);
  return {
    from,
    ground: { ...ground, trace: { ...trace, columns }, tunedEnd: end, measured, forestOf },
    validateFrom: validationStart(end),
  };
}

/** Chosen: the part that only fits and warms then fills a cache more than once. */
const FILLS = 2;

function firstCompared({ trace, tunedEnd, capacityBlocks }: TuningGround, most: number): number {
  const { offsets, blocks, parents } = trace.columns;
  const seen = new Uint8Array(parents.length);
  let distinct = 0;
  let from = tunedEnd;
  const isEnough = (): boolean =>
    tunedEnd - from >= MIN_TUNED_REQUESTS &&
    distinct >= FILLS * capacityBlocks &&
    offsets[tunedEnd] - offsets[from - 1] > most;
  while (from > 0 && !isEnough()) {
    from--;
    for (let i = offsets[from]; i < offsets[from + 1]; i++) {
      distinct += 1 - seen[blocks[i]];
      seen[blocks[i]] = 1;
    }
  }
  return from;
}

/** Hit tokens on the validation slice of each simulation. */
export async function scoresOf(
  { ground, validateFrom }: Trial,
  simulations: readonly Simulation[],
  bench: Bench,
): Promise<readonly number[]> {
  const { columns }: { readonly columns: TraceColumns } = ground.trace;
  const replayed = await replayAll(columns, simulations, bench);
  return replayed.map((tokens) =>
    tokens.subarray(validateFrom).reduce((sum, count) => sum + count, 0),
  );
}
