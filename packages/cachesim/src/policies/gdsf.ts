import { NONE } from '@wavetune/core';
import {
  createBlockHeap,
  lowestOf,
  rankBlock,
  releaseInHeap,
  unrankBlock,
} from '../structures/block-heap.ts';
import { numberOf, type PolicySpec } from './policy.ts';

/**
 * Greedy-Dual-Size-Frequency: the lowest `inflation + frequency × cost / size` leaves, and inflation rises to it. As in the
 * paper a new block competes with the others by the inflation before its eviction, and stays out if it is the lowest.
 *
 * Size is one block. The cost of a block is the prefill that it saves, which grows with the tokens before it: 1 + tokens
 * before / `crossoverTokens`, the length at which attention costs as much as the rest; 0 makes every block cost the same,
 * as in libCacheSim.
 */
export const gdsf: PolicySpec = {
  name: 'gdsf',
  source:
    'Cherkasova, "Improving WWW proxies performance with Greedy-Dual-Size-Frequency caching policy", HPL-98-69',
  parameters: [
    {
      kind: 'number',
      name: 'crossoverTokens',
      meaning:
        'prefix tokens at which a block costs twice as much as the first; 0: all cost the same',
      initial: 0,
      least: 0,
      most: 1e9,
      whole: true,
    },
  ],
  touch: 'last-to-first',
  create({ columns, held, parameters }) {
    const heap = createBlockHeap(columns.parents.length, held);
    const crossover = numberOf(parameters, 'crossoverTokens');
    const costs = costsOf(columns.parents, crossover === 0 ? 0 : columns.blockSize / crossover);
    const hits = new Uint32Array(columns.parents.length);
    let inflation = 0;
    let entry = 0;
    return {
      onHit(block) {
        hits[block]++;
        rankBlock(heap, block, inflation + hits[block] * costs[block]);
      },
      onMiss(block) {
        entry = inflation + costs[block];
      },
      onInsert(block) {
        hits[block] = 1;
        rankBlock(heap, block, entry);
      },
      onRelease: (block) => releaseInHeap(heap, block),
      evict() {
        const block = lowestOf(heap);
        if (block === NONE) return NONE;
        inflation = Math.min(entry, heap.priorities[block]);
        if (entry < heap.priorities[block]) return NONE;
        unrankBlock(heap, block);
        return block;
      },
    };
  },
};

/** Cost by depth, in units of a root's. */
function costsOf(parents: Uint32Array, perBlock: number): Float32Array {
  const costs = new Float32Array(parents.length);
  for (let block = 0; block < parents.length; block++) {
    costs[block] = parents[block] === NONE ? 1 : costs[parents[block]] + perBlock;
  }
  return costs;
}
