import { NONE } from '@wavetune/core';
import {
  type BlockQueue,
  createBlockQueue,
  dequeue,
  dequeueOldest,
  eldestOf,
  enqueue,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import { numberOf, type PolicySpec } from './policy.ts';

/**
 * Segmented LRU: a hit lifts a block one segment; a segment that is too full hands its eldest down; the lowest evicts.
 *
 * A new block enters the lowest segment that has room, as in libCacheSim; all segments have the same size, and what does
 * not divide evenly is room in the lowest. The `libcachesim` form gives that room to new blocks but takes it back, by an
 * eviction, when a hit hands a block down into the lowest segment.
 */
export const slru: PolicySpec = {
  name: 'slru',
  source: 'Karedla, Love and Wherry, "Caching strategies to improve disk system performance", 1994',
  parameters: [
    {
      kind: 'number',
      name: 'segments',
      meaning: 'number of segments',
      initial: 4,
      least: 1,
      most: 16,
      whole: true,
    },
    {
      kind: 'choice',
      name: 'form',
      meaning: 'evict only for a new block (plain), or on hits too (libcachesim)',
      initial: 'plain',
      choices: ['plain', 'libcachesim'],
    },
  ],
  touch: 'last-to-first',
  create({ columns, capacityBlocks, held, parameters }) {
    const distinctBlocks = columns.parents.length;
    const count = Math.min(numberOf(parameters, 'segments'), capacityBlocks);
    const limit = Math.floor(capacityBlocks / count);
    const places = new Uint32Array(distinctBlocks);
    const level = new Uint8Array(distinctBlocks);
    const segments = Array.from({ length: count }, () =>
      createBlockQueue({ places, maxSize: limit + count + 1, held }),
    );
    const trims = parameters.form === 'libcachesim';
    let trimming = false;
    const put = (block: number, to: number): void => {
      level[block] = to;
      enqueue(segments[to], block);
    };
    return {
      onHit(block) {
        const to = Math.min(level[block] + 1, count - 1);
        dequeue(segments[level[block]], block);
        put(block, to);
        for (let full = to; full > 0 && segments[full].size > limit; full--) {
          const down = eldestOf(segments[full]);
          dequeue(segments[full], down);
          put(down, full - 1);
          trimming = trims && full === 1;
        }
      },
      alsoEvict() {
        if (!trimming || segments[0].size <= limit) {
          trimming = false;
          return NONE;
        }
        return dequeueOldest(segments[0]);
      },
      onInsert(block) {
        put(block, lowestWithRoom(segments, limit));
      },
      onSettle: (block) => renew(segments[level[block]], block),
      onRelease: (block) => releaseInQueue(segments[level[block]], block),
      evict() {
        let block = NONE;
        for (let at = 0; at < count && block === NONE; at++) block = dequeueOldest(segments[at]);
        return block;
      },
    };
  },
};

function lowestWithRoom(segments: readonly BlockQueue[], limit: number): number {
  for (let at = 0; at < segments.length; at++) if (segments[at].size < limit) return at;
  return 0;
}
