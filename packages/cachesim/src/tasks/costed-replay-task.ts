import type { Task, TraceColumns } from '@wavetune/core';
import { replayObserved } from '../replay/replay.ts';
import type { ReplayResult } from '../replay/replay-request.ts';
import type { ReferenceIndex } from '../trace-index/next-use.ts';
import {
  type Batch,
  mergePlaced,
  PARTS_A_THREAD,
  type Placed,
  runBatch,
  type Simulation,
  specOf,
  splitBatch,
  squareSum,
} from './simulation.ts';

export interface CostedReplayInput extends Batch {
  readonly columns: TraceColumns;
  /** Of the columns; each simulation that looks ahead links them itself where left out. */
  readonly references?: ReferenceIndex;
}

/** A result with what the cost of prefill needs beside it. */
export interface CostedResult extends ReplayResult {
  /** Squares of the hit tokens of the measured requests, summed; undefined where hits are of loose references. */
  readonly hitTokensSquared: number | undefined;
}

/** Replays several simulations of one trace, learned ones too, and sums what the time that hits save depends on. */
export const costedReplayTask: Task<CostedReplayInput, readonly Placed<CostedResult>[]> = {
  name: 'cachesim/costed-replay',
  partsAThread: PARTS_A_THREAD,
  split: splitBatch,
  run: (input) => runBatch(input, (simulation) => costedReplay(input, simulation)),
  merge: mergePlaced,
};

function costedReplay(
  { columns, references }: CostedReplayInput,
  simulation: Simulation,
): CostedResult {
  const { residency, hits, measureFrom = 0 } = simulation;
  const squares = squareSum(columns, measureFrom);
  const aids = { references, observe: squares.add, spec: specOf(simulation) };
  const result = replayObserved(columns, simulation, aids);
  const isLoose = residency === 'free' && hits === 'independent';
  return { ...result, hitTokensSquared: isLoose ? undefined : squares.sum() };
}
