import { NONE } from '@wavetune/core';
import {
  createBlockQueue,
  dequeue,
  dequeueOldest,
  enqueue,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import { numberOf, type PolicySpec } from './policy.ts';

/** Where a block is. */
const ABSENT = 0;
const IN = 1;
const MAIN = 2;
const OUT = 3;

/**
 * Full 2Q: what comes once passes through a FIFO (A1in) and is remembered for a while (A1out); what comes back then joins an
 * LRU (Am). A hit in A1in changes nothing.
 */
export const twoQ: PolicySpec = {
  name: '2q',
  source:
    'Johnson and Shasha, "2Q: a low overhead high performance buffer management replacement algorithm", VLDB 1994',
  parameters: [
    {
      kind: 'number',
      name: 'inRatio',
      meaning: 'share of A1in',
      initial: 0.25,
      least: 0,
      most: 1,
    },
    {
      kind: 'number',
      name: 'outRatio',
      meaning: 'size of A1out as a share of the cache',
      initial: 0.5,
      least: 0,
      most: 4,
    },
  ],
  touch: 'last-to-first',
  create({ columns, capacityBlocks, held, parameters }) {
    const distinctBlocks = columns.parents.length;
    const inLimit = Math.floor(capacityBlocks * numberOf(parameters, 'inRatio'));
    const outLimit = Math.floor(capacityBlocks * numberOf(parameters, 'outRatio'));
    const places = new Uint32Array(distinctBlocks);
    const home = new Uint8Array(distinctBlocks);
    const inQueue = createBlockQueue({ places, maxSize: capacityBlocks, held });
    const main = createBlockQueue({ places, maxSize: capacityBlocks, held });
    const out = createBlockQueue({ places, maxSize: outLimit, held: undefined });
    let remembered = false;
    const renewMain = (block: number): void => {
      if (home[block] === MAIN) renew(main, block);
    };
    const takeFromIn = (): number => {
      const block = dequeueOldest(inQueue);
      if (block === NONE) return NONE;
      home[block] = ABSENT;
      if (outLimit === 0) return block;
      if (out.size === outLimit) home[dequeueOldest(out)] = ABSENT;
      enqueue(out, block);
      home[block] = OUT;
      return block;
    };
    return {
      onHit: renewMain,
      onMiss(block) {
        remembered = home[block] === OUT;
        if (remembered) dequeue(out, block);
        home[block] = ABSENT;
      },
      onInsert(block) {
        home[block] = remembered ? MAIN : IN;
        enqueue(remembered ? main : inQueue, block);
      },
      onSettle: renewMain,
      onRelease: (block) => releaseInQueue(home[block] === MAIN ? main : inQueue, block),
      evict() {
        const inFirst = inQueue.size > inLimit || main.size === 0;
        const block = inFirst ? takeFromIn() : dequeueOldest(main);
        if (block !== NONE) return block;
        return inFirst ? dequeueOldest(main) : takeFromIn();
      },
    };
  },
};
