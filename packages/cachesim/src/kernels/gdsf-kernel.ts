import { NONE } from '@wavetune/core';
import { numberOf } from '../policies/policy.ts';
import {
  appendToBucket,
  createBuckets,
  type PriorityBuckets,
  takeFromBucket,
} from './priority-buckets.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

interface GdsfState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  /** 0 for a block that is absent. */
  readonly frequencies: Uint32Array;
  readonly buckets: PriorityBuckets;
  /** No block has a lower priority. */
  least: number;
  /** Priority of the block that left last. */
  inflation: number;
  size: number;
  evictions: number;
}

/**
 * GDSF for blocks of equal cost: priorities are whole numbers and the least never falls, so a list a priority serves as the
 * queue. 16 bytes a block and 8 a priority.
 */
export function createGdsfKernel(setting: KernelSetting): ReferenceKernel | undefined {
  const { blocks, distinctBlocks, capacityBlocks, parameters } = setting;
  if (numberOf(parameters, 'crossoverTokens') !== 0) return undefined;
  const state: GdsfState = {
    blocks,
    capacityBlocks,
    frequencies: new Uint32Array(distinctBlocks),
    buckets: createBuckets(distinctBlocks),
    least: 1,
    inflation: 0,
    size: 0,
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: GdsfState, begin: number, end: number): number {
  const { blocks, frequencies, buckets, capacityBlocks } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const frequency = frequencies[block];
    if (frequency > 0) {
      hits++;
      frequencies[block] = frequency + 1;
      takeFromBucket(buckets, block);
      appendToBucket(buckets, block, state.inflation + frequency + 1);
      continue;
    }
    const entry = state.inflation + 1;
    if (state.size < capacityBlocks) state.size++;
    else if (!makeRoom(state, entry)) continue;
    if (entry < state.least) state.least = entry;
    frequencies[block] = 1;
    appendToBucket(buckets, block, entry);
  }
  return hits;
}

/** False where the newcomer, of priority `entry`, is the lowest itself. */
function makeRoom(state: GdsfState, entry: number): boolean {
  const { buckets, frequencies } = state;
  while (buckets.oldest[state.least] === NONE) state.least++;
  if (entry < state.least) {
    state.inflation = entry;
    return false;
  }
  const victim = buckets.oldest[state.least];
  takeFromBucket(buckets, victim);
  frequencies[victim] = 0;
  state.inflation = state.least;
  state.evictions++;
  return true;
}
