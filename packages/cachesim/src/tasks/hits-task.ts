import { shapeOf, type Task, type TraceColumns } from '@wavetune/core';
import { replayObserved } from '../replay/replay.ts';
import { partitionedHits } from '../tenants/partitioned-hits.ts';
import {
  type Batch,
  evictionSpecOf,
  mergePlaced,
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
 * not looked at. Caches of parts are closed, and know no pins.
 */
export const hitsTask: Task<HitsTaskInput, readonly Placed<Uint32Array>[]> = {
  name: 'cachesim/hits',
  split: splitBatch,
  run: (input) => runBatch(input, (simulation) => hitsOf(input, simulation)),
  merge: mergePlaced,
};

function hitsOf({ columns, parts }: HitsTaskInput, simulation: Simulation): Uint32Array {
  const spec = evictionSpecOf(simulation);
  if (parts !== undefined && spec !== undefined) {
    const { capacityBlocks, parameters = {} } = simulation;
    return partitionedHits(columns, parts, { spec, capacityBlocks, parameters });
  }
  const hits = new Uint32Array(shapeOf(columns).requests);
  const observe = (request: number, hitBlocks: number): void => {
    hits[request] = hitBlocks;
  };
  const continuous = { ...simulation, hits: 'continuous' as const, measureFrom: 0 };
  replayObserved(columns, continuous, { observe, spec: specOf(simulation) });
  return hits;
}
