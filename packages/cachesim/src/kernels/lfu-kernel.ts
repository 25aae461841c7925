import { NONE } from '@wavetune/core';
import {
  appendToBucket,
  createBuckets,
  oldestInBucket,
  type PriorityBuckets,
  priorityOf,
  takeFromBucket,
} from './priority-buckets.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

interface LfuState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  /** By frequency. */
  readonly buckets: PriorityBuckets;
  least: number;
  size: number;
  evictions: number;
}

/** LFU with a list a frequency: every operation is O(1). */
export function createLfuKernel(setting: KernelSetting): ReferenceKernel {
  const { blocks, distinctBlocks, capacityBlocks } = setting;
  const buckets = createBuckets(distinctBlocks);
  const state: LfuState = { blocks, capacityBlocks, buckets, least: 1, size: 0, evictions: 0 };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: LfuState, begin: number, end: number): number {
  const { blocks, buckets, capacityBlocks } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const frequency = priorityOf(buckets, block);
    if (frequency > 0) {
      hits++;
      takeFromBucket(buckets, block);
      if (frequency === state.least && oldestInBucket(buckets, frequency) === NONE) state.least++;
      appendToBucket(buckets, block, frequency + 1);
      continue;
    }
    if (state.size === capacityBlocks) {
      takeFromBucket(buckets, oldestInBucket(buckets, state.least));
      state.evictions++;
    } else {
      state.size++;
    }
    state.least = 1;
    appendToBucket(buckets, block, 1);
  }
  return hits;
}
