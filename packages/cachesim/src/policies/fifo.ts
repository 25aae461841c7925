import {
  createBlockQueue,
  dequeueOldest,
  enqueue,
  releaseInQueue,
} from '../structures/block-queue.ts';
import type { PolicySpec } from './policy.ts';

/** First in, first out: the block placed longest ago leaves; a hit changes nothing. */
export const fifo: PolicySpec = {
  name: 'fifo',
  source: 'Belady, "A study of replacement algorithms for a virtual-storage computer", 1966',
  parameters: [],
  touch: 'first-to-last',
  create({ columns, capacityBlocks, held }) {
    const places = new Uint32Array(columns.parents.length);
    const queue = createBlockQueue({ places, maxSize: capacityBlocks, held });
    return {
      onHit() {},
      onInsert: (block) => enqueue(queue, block),
      onRelease: (block) => releaseInQueue(queue, block),
      evict: () => dequeueOldest(queue),
    };
  },
};
