import {
  createBlockHeap,
  rankBlock,
  releaseInHeap,
  unrankLowest,
} from '../structures/block-heap.ts';
import { numberOf, type PolicySpec } from './policy.ts';

/**
 * Least frequently used with exponential decay by the trace's time: a use counts half after every half-life.
 *
 * The decay is forward, so that order among blocks at rest never changes: a use at time t weighs 2^(t / half-life), and the
 * logarithm of the sum is kept. Frequency starts anew when a block is placed again.
 */
export const lfuDecay: PolicySpec = {
  name: 'lfu-decay',
  source:
    'Cormode et al., "Forward decay: a practical time decay model for streaming systems", ICDE 2009',
  parameters: [
    {
      kind: 'number',
      name: 'halfLifeSeconds',
      meaning: 'time after which a use counts half (600 chosen)',
      initial: 600,
      least: 0.001,
      most: 1e9,
    },
  ],
  touch: 'last-to-first',
  create({ columns, held, parameters }) {
    const heap = createBlockHeap(columns.parents.length, held);
    const halfLifeMillis = numberOf(parameters, 'halfLifeSeconds') * 1000;
    let now = 0;
    return {
      onRequest(request) {
        now = columns.timeMillis[request] / halfLifeMillis;
      },
      onHit(block) {
        const score = heap.priorities[block];
        const high = Math.max(score, now);
        rankBlock(heap, block, high + Math.log2(2 ** (score - high) + 2 ** (now - high)));
      },
      onInsert: (block) => rankBlock(heap, block, now),
      onRelease: (block) => releaseInHeap(heap, block),
      evict: () => unrankLowest(heap),
    };
  },
};
