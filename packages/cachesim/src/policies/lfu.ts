import {
  createBlockHeap,
  rankBlock,
  releaseInHeap,
  unrankLowest,
} from '../structures/block-heap.ts';
import type { PolicySpec } from './policy.ts';

/** Least frequently used since it was placed; among equals the one that reached the frequency first. */
export const lfu: PolicySpec = {
  name: 'lfu',
  source:
    'Shah, Mitra and Matani, "An O(1) algorithm for implementing the LFU cache eviction scheme", 2010',
  parameters: [],
  touch: 'last-to-first',
  create({ columns, held }) {
    const heap = createBlockHeap(columns.parents.length, held);
    return {
      onHit: (block) => rankBlock(heap, block, heap.priorities[block] + 1),
      onInsert: (block) => rankBlock(heap, block, 1),
      onRelease: (block) => releaseInHeap(heap, block),
      evict: () => unrankLowest(heap),
    };
  },
};
