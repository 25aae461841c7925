import { NONE, type TraceColumns } from '@wavetune/core';
import {
  createBlockQueue,
  dequeueOldest,
  enqueue,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import { numberOf, type ParameterValues, type PolicySpec } from './policy.ts';

/**
 * LMCache's LRU: full chunks come and go as a whole and are touched from the first to the last, so a chunk is older than
 * those that continue it. Under free residency (LMCache's own) that orphans children.
 *
 * A chunk is a whole number of blocks, at least one; blocks after the last full chunk are not cached. Deviation: blocks of an
 * evicted chunk that another resident chunk begins with too stay, since the trace has them once.
 */
export const lmcache: PolicySpec = {
  name: 'lmcache',
  source: 'Liu et al., "CacheGen", SIGCOMM 2024; LMCache’s LRU evictor',
  parameters: [
    {
      kind: 'number',
      name: 'chunkTokens',
      meaning: 'tokens of a chunk',
      initial: 256,
      least: 1,
      most: 1e6,
      whole: true,
    },
  ],
  touch: 'first-to-last',
  usableBlocks(capacityBlocks, columns, parameters) {
    const chunk = chunkBlocksOf(columns, parameters);
    return Math.floor(capacityBlocks / chunk) * chunk;
  },
  create({ columns, capacityBlocks, held, parameters }) {
    const { offsets, coveredTokens, blockSize, parents } = columns;
    const chunk = chunkBlocksOf(columns, parameters);
    const depths = depthsOf(parents);
    const places = new Uint32Array(parents.length);
    const queue = createBlockQueue({ places, maxSize: capacityBlocks, held });
    const endsChunk = (block: number): boolean => depths[block] % chunk === chunk - 1;
    let cachedDepth = 0;
    let doomed = NONE;
    return {
      onRequest(request) {
        const chain = offsets[request + 1] - offsets[request];
        const fullBlocks = Math.min(chain, Math.floor(coveredTokens[request] / blockSize));
        cachedDepth = Math.floor(fullBlocks / chunk) * chunk;
      },
      admits: (block) => depths[block] < cachedDepth,
      onHit(block) {
        if (endsChunk(block)) renew(queue, block);
      },
      onInsert(block) {
        if (endsChunk(block)) enqueue(queue, block);
      },
      onRelease(block) {
        if (endsChunk(block)) releaseInQueue(queue, block);
      },
      evict() {
        const block = dequeueOldest(queue);
        doomed = block === NONE || depths[block] % chunk === 0 ? NONE : parents[block];
        return block;
      },
      alsoEvict() {
        const block = doomed === NONE || held[doomed] !== 0 ? NONE : doomed;
        if (block !== NONE) doomed = depths[block] % chunk === 0 ? NONE : parents[block];
        return block;
      },
    };
  },
};

function chunkBlocksOf(columns: TraceColumns, parameters: ParameterValues): number {
  return Math.max(1, Math.floor(numberOf(parameters, 'chunkTokens') / columns.blockSize));
}

/** Blocks above each block. */
function depthsOf(parents: Uint32Array): Uint32Array {
  const depths = new Uint32Array(parents.length);
  for (let block = 0; block < parents.length; block++) {
    depths[block] = parents[block] === NONE ? 0 : depths[parents[block]] + 1;
  }
  return depths;
}
