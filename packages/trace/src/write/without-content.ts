import { NONE, type TraceColumns } from '@wavetune/core';
import type { MooncakeRequest } from './mooncake.ts';

/**
 * A trace's requests with nothing left of what they were made of: ids and labels are numbers by first appearance, times
 * count from the first request, in whole milliseconds.
 *
 * Two requests have a block in common exactly if they had it before. Tokens past a chain's end, which the log gives no ids,
 * get blocks that no other request has, so that every chain has `⌈inputTokens / blockSize⌉` blocks; with partial blocks
 * dropped, a replay sees what it saw before. Chains whose blocks have no tokens count one block size a block.
 *
 * Memory: one word a distinct block. `blocks` is a view that the next request overwrites.
 */
export function* withoutContent(
  columns: TraceColumns,
): Generator<MooncakeRequest, void, undefined> {
  const { offsets, blockSize, timeMillis } = columns;
  const names = new Uint32Array(columns.parents.length).fill(NONE);
  let nextName = 0;
  let blocks = new Uint32Array(1024);
  for (let request = 0; request + 1 < offsets.length; request++) {
    const begin = offsets[request];
    const chain = offsets[request + 1] - begin;
    const inputTokens = tokensFor(columns, request, chain);
    const count = Math.max(chain, Math.ceil(inputTokens / blockSize));
    if (blocks.length < count) blocks = new Uint32Array(2 * count);
    for (let i = 0; i < count; i++) {
      const block = i < chain ? columns.blocks[begin + i] : NONE;
      if (block === NONE) {
        blocks[i] = nextName++;
        continue;
      }
      if (names[block] === NONE) names[block] = nextName++;
      blocks[i] = names[block];
    }
    yield {
      timeMillis: Math.floor(timeMillis[request] - timeMillis[0]),
      inputTokens,
      outputTokens: columns.outputTokens[request],
      blocks: blocks.subarray(0, count),
      tenant: columns.tenants[request],
      session: columns.sessions[request] === NONE ? undefined : columns.sessions[request],
    };
  }
}

/** The request's own length, unless its chain would not fit into it. */
function tokensFor(columns: TraceColumns, request: number, chain: number): number {
  const inputTokens = columns.inputTokens[request];
  return Math.ceil(inputTokens / columns.blockSize) >= chain
    ? inputTokens
    : chain * columns.blockSize;
}
