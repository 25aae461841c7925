import type { Task, TraceColumns } from '@wavetune/core';
import type { ReferenceIndex } from '../trace-index/next-use.ts';
import { replay } from './replay.ts';
import type { ReplayRequest, ReplayResult } from './replay-request.ts';

/** Simulations of one trace. */
export interface ReplayBatch {
  readonly columns: TraceColumns;
  /** Linked once for all, where any simulation looks ahead or back. */
  readonly references?: ReferenceIndex;
  readonly simulations: readonly NumberedRequest[];
}

/** A simulation and its place in the list. */
export interface NumberedRequest {
  readonly number: number;
  readonly request: ReplayRequest;
}

/** What simulation `number` gave. */
export interface NumberedResult {
  readonly number: number;
  readonly result: ReplayResult;
}

/** A batch of `requests`, numbered by their order. */
export function buildReplayBatch(
  columns: TraceColumns,
  requests: readonly ReplayRequest[],
  references?: ReferenceIndex,
): ReplayBatch {
  const simulations = requests.map((request, number) => ({ number, request }));
  return references === undefined ? { columns, simulations } : { columns, references, simulations };
}

/**
 * Replays a list of simulations, spread over threads; the results come in the order of the list.
 *
 * Neighbours in the list go to different parts, since they tend to cost the same.
 */
export const replayTask: Task<ReplayBatch, readonly NumberedResult[]> = {
  name: 'cachesim/replay',
  partsAThread: 8,
  split(batch, parts) {
    const count = Math.max(1, Math.min(parts, batch.simulations.length));
    return Array.from({ length: count }, (_, part) => ({
      ...batch,
      simulations: batch.simulations.filter((_, at) => at % count === part),
    }));
  },
  run: ({ columns, references, simulations }) =>
    simulations.map(({ number, request }) => ({
      number,
      result: replay(columns, request, references),
    })),
  merge: (left, right) => [...left, ...right].sort((a, b) => a.number - b.number),
};
