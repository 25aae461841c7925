import {
  createBlockQueue,
  dequeueOldest,
  enqueue,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import type { PolicySpec } from './policy.ts';

/**
 * LRU beside a set of blocks that are never evicted once they are in (`inputs.pins`, as wavespec.json names them).
 *
 * A pinned block is placed by the first request that computes it, and takes room from then on.
 */
export const pinnedLru: PolicySpec = {
  name: 'pinned-lru',
  source: 'static pinning of shared prefixes, beside LRU',
  parameters: [],
  touch: 'last-to-first',
  create({ columns, capacityBlocks, held, inputs }) {
    const places = new Uint32Array(columns.parents.length);
    const pinned = new Uint8Array(columns.parents.length);
    for (const block of inputs.pins ?? []) pinned[block] = 1;
    const queue = createBlockQueue({ places, maxSize: capacityBlocks, held });
    const touch = (block: number): void => {
      if (pinned[block] === 0) renew(queue, block);
    };
    return {
      onHit: touch,
      onInsert(block) {
        if (pinned[block] === 0) enqueue(queue, block);
      },
      onSettle: touch,
      onRelease(block) {
        if (pinned[block] === 0) releaseInQueue(queue, block);
      },
      evict: () => dequeueOldest(queue),
    };
  },
};
