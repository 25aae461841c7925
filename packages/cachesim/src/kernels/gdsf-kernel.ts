import { NONE } from '@wavetune/core';
import { numberOf } from '../policies/policy.ts';
import {
  appendToBucket,
  createBuckets,
  MARK,
  oldestInBucket,
  type PriorityBuckets,
  priorityOf,
  takeFromBucket,
} from './priority-buckets.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

interface GdsfState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  /** The mark of a block is its frequency. */
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
    buckets: createBuckets(distinctBlocks),
    least: 1,
    inflation: 0,
    size: 0,
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: GdsfState, begin: number, end: number): number {
  const { blocks, buckets, capacityBlocks } = state;
  const { nodes } = buckets;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    if (priorityOf(buckets, block) > 0) {
      hits++;
      const frequency = ++nodes[4 * block + MARK];
      takeFromBucket(buckets, block);
      appendToBucket(buckets, block, state.inflation + frequency);
      continue;
    }
    const entry = state.inflation + 1;
    if (state.size < capacityBlocks) state.size++;
    else if (!makeRoom(state, entry)) continue;
    if (entry < state.least) state.least = entry;
    nodes[4 * block + MARK] = 1;
    appendToBucket(buckets, block, entry);
  }
  return hits;
}

/** False where the newcomer, of priority `entry`, is the lowest itself. */
function makeRoom(state: GdsfState, entry: number): boolean {
  const { buckets } = state;
  while (oldestInBucket(buckets, state.least) === NONE) state.least++;
  state.inflation = Math.min(entry, state.least);
  if (entry < state.least) return false;
  takeFromBucket(buckets, oldestInBucket(buckets, state.least));
  state.evictions++;
  return true;
}
