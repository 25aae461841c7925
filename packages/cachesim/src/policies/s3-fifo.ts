import { NONE } from '@wavetune/core';
import {
  type BlockQueue,
  createBlockQueue,
  dequeue,
  dequeueOldest,
  enqueue,
  oldestOf,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import { numberOf, type PolicySetting, type PolicySpec } from './policy.ts';

/** Where a block is. */
const ABSENT = 0;
const SMALL = 1;
const MAIN = 2;
const GHOST = 3;

/**
 * A small FIFO that filters what comes once, a main FIFO with reinsertion, and a ghost FIFO of what the filter threw out.
 *
 * `form` is the authors' simulator of 2025, where blocks spill into main once the small queue is full, until the first
 * eviction; or `v0`, the paper's, which does not spill. Frequency is counted in small and main; main rotates a block with
 * min(f, 3) − 1. Where the small queue would round to nothing it has one block (the simulator admits nothing then).
 */
export const s3Fifo: PolicySpec = {
  name: 's3-fifo',
  source: 'Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023',
  parameters: [
    {
      kind: 'number',
      name: 'smallRatio',
      meaning: 'share of the small queue',
      initial: 0.1,
      least: 0,
      most: 1,
    },
    {
      kind: 'number',
      name: 'ghostRatio',
      meaning: 'size of the ghost queue as a share of the cache',
      initial: 0.9,
      least: 0,
      most: 4,
    },
    {
      kind: 'number',
      name: 'promoteAt',
      meaning: 'hits in the small queue that lead to the main queue',
      initial: 2,
      least: 1,
      most: 255,
      whole: true,
    },
    {
      kind: 'choice',
      name: 'form',
      meaning: 'spill into main before the first eviction (2025) or not (v0)',
      initial: '2025',
      choices: ['2025', 'v0'],
    },
  ],
  touch: 'last-to-first',
  create(setting) {
    const queues = createQueues(setting);
    const { small, main, ghost, home, hits, ghostLimit, smallLimit } = queues;
    const spills = setting.parameters.form === '2025';
    let evicted = false;
    let knownGhost = false;
    return {
      onHit(block) {
        if (hits[block] < 255) hits[block]++;
      },
      onMiss(block) {
        knownGhost = home[block] === GHOST;
        if (knownGhost) dequeue(ghost, block);
        home[block] = ABSENT;
      },
      onInsert(block) {
        const toMain = knownGhost || (spills && !evicted && small.size >= smallLimit);
        hits[block] = 0;
        home[block] = toMain ? MAIN : SMALL;
        enqueue(toMain ? main : small, block);
      },
      onRelease: (block) => releaseInQueue(home[block] === MAIN ? main : small, block),
      evict() {
        evicted = true;
        const block = pickVictim(queues);
        if (block === NONE || home[block] === MAIN || ghostLimit === 0) return block;
        if (ghost.size === ghostLimit) home[dequeueOldest(ghost)] = ABSENT;
        enqueue(ghost, block);
        home[block] = GHOST;
        return block;
      },
    };
  },
};

interface S3Queues {
  readonly small: BlockQueue;
  readonly main: BlockQueue;
  readonly ghost: BlockQueue;
  readonly home: Uint8Array;
  readonly hits: Uint8Array;
  readonly smallLimit: number;
  readonly mainLimit: number;
  readonly ghostLimit: number;
  readonly promoteAt: number;
}

function createQueues({ columns, capacityBlocks, held, parameters }: PolicySetting): S3Queues {
  const distinctBlocks = columns.parents.length;
  const places = new Uint32Array(distinctBlocks);
  const wanted = Math.floor(capacityBlocks * numberOf(parameters, 'smallRatio'));
  const smallLimit = Math.max(1, wanted);
  const ghostLimit = Math.floor(capacityBlocks * numberOf(parameters, 'ghostRatio'));
  return {
    small: createBlockQueue({ places, maxSize: capacityBlocks, held }),
    main: createBlockQueue({ places, maxSize: capacityBlocks, held }),
    ghost: createBlockQueue({ places, maxSize: ghostLimit, held: undefined }),
    home: new Uint8Array(distinctBlocks),
    hits: new Uint8Array(distinctBlocks),
    smallLimit,
    mainLimit: capacityBlocks - smallLimit,
    ghostLimit,
    promoteAt: numberOf(parameters, 'promoteAt'),
  };
}

function pickVictim(queues: S3Queues): number {
  const { small, main, mainLimit } = queues;
  const mainFirst = main.size > mainLimit || small.size === 0;
  const block = mainFirst ? takeFromMain(queues) : takeFromSmall(queues);
  if (block !== NONE) return block;
  return mainFirst ? takeFromSmall(queues) : takeFromMain(queues);
}

function takeFromSmall({ small, main, home, hits, promoteAt }: S3Queues): number {
  let block = oldestOf(small);
  while (block !== NONE && hits[block] >= promoteAt) {
    dequeue(small, block);
    hits[block] = 0;
    home[block] = MAIN;
    enqueue(main, block);
    block = oldestOf(small);
  }
  if (block !== NONE) dequeue(small, block);
  return block;
}

function takeFromMain({ main, home, hits }: S3Queues): number {
  let block = oldestOf(main);
  while (block !== NONE && hits[block] > 0) {
    hits[block] = Math.min(hits[block], 3) - 1;
    renew(main, block);
    block = oldestOf(main);
  }
  if (block === NONE) return NONE;
  dequeue(main, block);
  home[block] = MAIN;
  return block;
}
