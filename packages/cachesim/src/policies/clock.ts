import { NONE } from '@wavetune/core';
import {
  createBlockQueue,
  dequeue,
  enqueue,
  oldestOf,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import { numberOf, type PolicySpec } from './policy.ts';

/**
 * FIFO with a second chance: the hand spares a block that was hit since it last passed, and puts it at the young end.
 *
 * With more than one bit a block is spared as often as it was hit, up to `2^bits − 1`.
 */
export const clock: PolicySpec = {
  name: 'clock',
  source: 'Corbató, "A paging experiment with the Multics system", 1968',
  parameters: [
    {
      kind: 'number',
      name: 'bits',
      meaning: 'bits of the hit counter a block',
      initial: 1,
      least: 1,
      most: 7,
      whole: true,
    },
  ],
  touch: 'last-to-first',
  create({ columns, capacityBlocks, held, parameters }) {
    const distinctBlocks = columns.parents.length;
    const most = 2 ** numberOf(parameters, 'bits') - 1;
    const chances = new Uint8Array(distinctBlocks);
    const places = new Uint32Array(distinctBlocks);
    const queue = createBlockQueue({ places, maxSize: capacityBlocks, held });
    return {
      onHit(block) {
        if (chances[block] < most) chances[block]++;
      },
      onInsert(block) {
        chances[block] = 0;
        enqueue(queue, block);
      },
      onRelease: (block) => releaseInQueue(queue, block),
      evict() {
        let block = oldestOf(queue);
        while (block !== NONE && chances[block] > 0) {
          chances[block]--;
          renew(queue, block);
          block = oldestOf(queue);
        }
        if (block !== NONE) dequeue(queue, block);
        return block;
      },
    };
  },
};
