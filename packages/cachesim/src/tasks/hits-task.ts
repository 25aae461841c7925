import { shapeOf, type Task, type TraceColumns } from '@wavetune/core';
import { replayObserved } from '../replay/replay.ts';
import { selectRequests } from '../sampling/select-requests.ts';
import {
  type Batch,
  mergePlaced,
  PARTS_A_THREAD,
  type Placed,
  runBatch,
  type Simulation,
  specOf,
  splitBatch,
} from './simulation.ts';

export interface HitsTaskInput extends Batch {
  readonly columns: TraceColumns;
  /** Cache of each request, where there are several, each of the simulation's capacity; shape `[requests]`. */
  readonly parts?: Uint32Array;
}

/**
 * Continuous hit blocks of every request under several simulations of one trace, dealt out one by one; `measureFrom` is
 * not looked at. With parts, each part sees its own requests only, and blocks that inputs name are not known there.
 */
export const hitsTask: Task<HitsTaskInput, readonly Placed<Uint32Array>[]> = {
  name: 'cachesim/hits',
  partsAThread: PARTS_A_THREAD,
  split: splitBatch,
  run: ({ columns, parts, ...batch }) =>
    runBatch(batch, (simulation) =>
      parts === undefined ? hitsOf(columns, simulation) : hitsByPart(columns, parts, simulation),
    ),
  merge: mergePlaced,
};

function hitsOf(columns: TraceColumns, simulation: Simulation): Uint32Array {
  const hits = new Uint32Array(shapeOf(columns).requests);
  const observe = (request: number, hitBlocks: number): void => {
    hits[request] = hitBlocks;
  };
  const continuous = { ...simulation, hits: 'continuous' as const, measureFrom: 0 };
  replayObserved(columns, continuous, { observe, spec: specOf(simulation) });
  return hits;
}

function hitsByPart(
  columns: TraceColumns,
  parts: Uint32Array,
  { inputs: _, ...simulation }: Simulation,
): Uint32Array {
  const hits = new Uint32Array(parts.length);
  const members = Map.groupBy(parts.keys(), (request) => parts[request]);
  for (const requests of members.values()) {
    const own = selectRequests(columns, Uint32Array.from(requests));
    if (own.blocks.length === 0) continue;
    const ownHits = hitsOf(own, simulation);
    requests.forEach((request, i) => {
      hits[request] = ownHits[i];
    });
  }
  return hits;
}
