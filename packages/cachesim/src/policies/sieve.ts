import { NONE } from '@wavetune/core';
import {
  advanceHand,
  createBlockQueue,
  dequeue,
  enqueue,
  releaseInQueue,
} from '../structures/block-queue.ts';
import type { PolicySpec } from './policy.ts';

/**
 * FIFO with a hand that goes from the oldest to the youngest and stays where it evicted: a block that was hit since the hand
 * last passed keeps its place, the first that was not leaves.
 *
 * The hand starts again at the oldest after the youngest was evicted, as in the authors' simulator.
 */
export const sieve: PolicySpec = {
  name: 'sieve',
  source:
    'Zhang et al., "SIEVE is simpler than LRU: an efficient turn-key eviction algorithm for web caches", NSDI 2024',
  parameters: [],
  touch: 'last-to-first',
  create({ columns, capacityBlocks, held }) {
    const distinctBlocks = columns.parents.length;
    const visited = new Uint8Array(distinctBlocks);
    const places = new Uint32Array(distinctBlocks);
    const queue = createBlockQueue({ places, maxSize: capacityBlocks, held });
    return {
      onHit(block) {
        visited[block] = 1;
      },
      onInsert(block) {
        visited[block] = 0;
        enqueue(queue, block);
      },
      onRelease: (block) => releaseInQueue(queue, block),
      evict() {
        let block = advanceHand(queue);
        while (block !== NONE && visited[block] === 1) {
          visited[block] = 0;
          block = advanceHand(queue);
        }
        if (block !== NONE) dequeue(queue, block);
        return block;
      },
    };
  },
};
