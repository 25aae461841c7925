import { NONE } from '@wavetune/core';
import {
  createBlockQueue,
  dequeue,
  dequeueOldest,
  enqueue,
  oldestOf,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import type { EvictionPolicy, PolicySetting } from './policy.ts';

/**
 * LRU whose blocks also leave when they were not used for a time: at the beginning of a request, oldest first, those whose
 * last use lies more than `lifeMillis(fill)` back, where `fill` is the share of the cache in use at that moment.
 */
export function createExpiringLru(
  { columns, capacityBlocks, held }: PolicySetting,
  lifeMillis: (fill: number) => number,
): EvictionPolicy {
  const places = new Uint32Array(columns.parents.length);
  const queue = createBlockQueue({ places, maxSize: capacityBlocks, held });
  const lastUse = new Float64Array(columns.parents.length);
  let now = 0;
  let expiring = false;
  return {
    onRequest(request) {
      now = columns.timeMillis[request];
      expiring = true;
    },
    onHit(block) {
      lastUse[block] = now;
      renew(queue, block);
    },
    onInsert(block) {
      lastUse[block] = now;
      enqueue(queue, block);
    },
    onSettle: (block) => renew(queue, block),
    onRelease: (block) => releaseInQueue(queue, block),
    evict: () => dequeueOldest(queue),
    alsoEvict() {
      if (!expiring) return NONE;
      const block = oldestOf(queue);
      expiring = block !== NONE && now - lastUse[block] > lifeMillis(queue.size / capacityBlocks);
      if (!expiring) return NONE;
      dequeue(queue, block);
      return block;
    },
  };
}
