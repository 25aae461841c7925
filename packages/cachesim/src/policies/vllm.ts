import { NONE } from '@wavetune/core';
import {
  createBlockQueue,
  dequeue,
  dequeueOldest,
  enqueue,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import { partialBlockOf } from './partial-block.ts';
import type { PolicySpec } from './policy.ts';

/** The block that vLLM keeps as null. */
const NULL_BLOCKS = 1;

/**
 * vLLM's prefix cache: victims come from the head of the queue of free blocks, to which a request's blocks return last
 * first; a partial block goes to its front, so it never hits. One block is reserved, and the last token of a prompt is
 * always computed, so a request hits at most (tokens − 1) / block size blocks.
 *
 * Deviations: requests are instantaneous, and one that does not fit keeps its head instead of waiting. With `--tail drop`
 * the partial block is not in the trace and takes no room.
 */
export const vllm: PolicySpec = {
  name: 'vllm',
  source:
    'Kwon et al., "Efficient memory management for large language model serving with PagedAttention", SOSP 2023; v1 block pool',
  parameters: [],
  touch: 'last-to-first',
  usableBlocks: (capacityBlocks) => capacityBlocks - NULL_BLOCKS,
  hitLimit: (columns, request) =>
    Math.max(0, Math.floor((columns.inputTokens[request] - 1) / columns.blockSize)),
  create({ columns, capacityBlocks, held }) {
    const places = new Uint32Array(columns.parents.length);
    const queue = createBlockQueue({ places, maxSize: capacityBlocks, held });
    /** The partial block of the running request, and whether it is in. */
    let partial = NONE;
    let isIn = false;
    let ended = false;
    return {
      onRequest(request) {
        partial = partialBlockOf(columns, request);
        isIn = false;
        ended = false;
      },
      onHit: (block) => renew(queue, block),
      onInsert(block) {
        if (block === partial) isIn = true;
        enqueue(queue, block);
      },
      onSettle: (block) => renew(queue, block),
      onRelease: (block) => releaseInQueue(queue, block),
      onRequestEnd() {
        ended = true;
      },
      evict() {
        const block = dequeueOldest(queue);
        if (block === partial) isIn = false;
        return block;
      },
      alsoEvict() {
        if (!ended || !isIn) return NONE;
        isIn = false;
        dequeue(queue, partial);
        return partial;
      },
    };
  },
};
