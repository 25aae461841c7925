import {
  createBlockHeap,
  rankBlock,
  releaseInHeap,
  unrankLowest,
} from '../structures/block-heap.ts';
import { numberOf, type PolicySpec } from './policy.ts';

/** Below every time: a block used less than k times goes before all others, by its last use. */
const FEW_USES = -(2 ** 40);

/**
 * The block whose k-th last use lies farthest back leaves; those with fewer uses first, least recently used first.
 *
 * Deviations: no correlated-reference period, and the history of an evicted block is kept for good.
 */
export const lruK: PolicySpec = {
  name: 'lru-k',
  source:
    'O’Neil, O’Neil and Weikum, "The LRU-K page replacement algorithm for database disk buffering", SIGMOD 1993',
  parameters: [
    {
      kind: 'number',
      name: 'k',
      meaning: 'which last use decides',
      initial: 2,
      least: 1,
      most: 3,
      whole: true,
    },
  ],
  touch: 'last-to-first',
  create({ columns, held, parameters }) {
    const heap = createBlockHeap(columns.parents.length, held);
    const k = numberOf(parameters, 'k');
    /** The last k uses of a block, latest first; 0 where there is none. */
    const uses = new Uint32Array(columns.parents.length * k);
    let clock = 0;
    const use = (block: number): void => {
      const latest = block * k;
      uses.copyWithin(latest + 1, latest, latest + k - 1);
      uses[latest] = ++clock;
      const kth = uses[latest + k - 1];
      rankBlock(heap, block, kth === 0 ? FEW_USES + clock : kth);
    };
    return {
      onHit: use,
      onInsert: use,
      onRelease: (block) => releaseInHeap(heap, block),
      evict: () => unrankLowest(heap),
    };
  },
};
