import { type RequestRange, shapeOf, type TraceColumns } from '@wavetune/core';
import { createRecencyStack, type RecencyStack, touchBlock, touchChain } from './recency-stack.ts';

/**
 * The LRU stack as request `request` finds it, without replaying what came before: blocks in the order of their latest
 * touch, read backwards until every block seen so far is placed.
 *
 * Cost: at worst one pass over the references before `request`, usually a small part of it.
 *
 * @param longestChain - Blocks of the longest chain that will be touched.
 */
export function stackAt(
  columns: TraceColumns,
  request: number,
  longestChain: number,
): RecencyStack {
  const { offsets, blocks } = columns;
  const { distinctBlocks } = shapeOf(columns);
  const stack = createRecencyStack(distinctBlocks, longestChain);
  const isPlaced = new Uint8Array(distinctBlocks);
  const byRecency = new Uint32Array(distinctBlocks);
  const seen = seenBefore(columns, request);
  let placed = 0;
  for (let r = request - 1; r >= 0 && placed < seen; r--) {
    for (let i = offsets[r]; i < offsets[r + 1]; i++) {
      if (isPlaced[blocks[i]] === 1) continue;
      isPlaced[blocks[i]] = 1;
      byRecency[placed++] = blocks[i];
    }
  }
  while (placed > 0) touchBlock(stack, byRecency[--placed]);
  return stack;
}

/**
 * Calls `visit` for every request of `range` with the depths of its chain in the LRU stack; they ascend along the chain,
 * and blocks never seen come last, at -1. The array is overwritten by the next call.
 */
export function walkDepths(
  columns: TraceColumns,
  range: RequestRange,
  visit: (request: number, depths: Int32Array, chain: number) => void,
): void {
  const { offsets, blocks } = columns;
  const longestChain = longestChainOf(columns);
  const stack = stackAt(columns, range.begin, longestChain);
  const depths = new Int32Array(longestChain);
  for (let r = range.begin; r < range.end; r++) {
    touchChain(stack, blocks, offsets[r], offsets[r + 1], depths);
    visit(r, depths, offsets[r + 1] - offsets[r]);
  }
}

/** Blocks of the longest chain. */
export function longestChainOf({ offsets }: TraceColumns): number {
  let longest = 0;
  for (let r = 1; r < offsets.length; r++) {
    const chain = offsets[r] - offsets[r - 1];
    if (chain > longest) longest = chain;
  }
  return longest;
}

/** Distinct blocks of the requests before `request`: ids are in order of first appearance, so the largest one tells. */
export function seenBefore({ offsets, blocks }: TraceColumns, request: number): number {
  let seen = 0;
  for (let i = 0; i < offsets[request]; i++) seen = Math.max(seen, blocks[i] + 1);
  return seen;
}
