import {
  createBlockQueue,
  dequeueOldest,
  enqueue,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import type { PolicySpec } from './policy.ts';

/**
 * Least recently used. A request touches its chain from the last block to the first, so a leaf is always older than its
 * parent and the two residencies agree; vLLM breaks ties the same way.
 */
export const lru: PolicySpec = {
  name: 'lru',
  source: 'Mattson et al., "Evaluation techniques for storage hierarchies", 1970',
  parameters: [],
  touch: 'last-to-first',
  create({ columns, capacityBlocks, held }) {
    const places = new Uint32Array(columns.parents.length);
    const queue = createBlockQueue({ places, maxSize: capacityBlocks, held });
    return {
      onHit: (block) => renew(queue, block),
      onInsert: (block) => enqueue(queue, block),
      onSettle: (block) => renew(queue, block),
      onRelease: (block) => releaseInQueue(queue, block),
      evict: () => dequeueOldest(queue),
    };
  },
};
