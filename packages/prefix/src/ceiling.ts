import { type RequestRange, type TraceColumns, tokensOfPrefix } from '@wavetune/core';

/** What an infinite cache hits in a window of requests. */
export interface CeilingHits {
  readonly hitTokens: number;
  /** Prompt tokens of the window, the uncacheable tails included. */
  readonly inputTokens: number;
}

/**
 * The infinite-cache ceiling of a window; every request before the window has warmed the cache.
 *
 * Ids are given in order of first appearance, so the blocks that a request is the first to ask for are the end of its
 * chain and have the highest ids so far: its last block alone tells how many they are.
 *
 * Cost: O(requests up to the window's end), nothing allocated. Windows side by side add up.
 */
export function countCeilingHits(columns: TraceColumns, window: RequestRange): CeilingHits {
  const { offsets, blocks, inputTokens } = columns;
  let unseen = 0;
  let hitTokens = 0;
  let allTokens = 0;
  for (let r = 0; r < window.end; r++) {
    const chain = offsets[r + 1] - offsets[r];
    const fresh = chain === 0 ? 0 : Math.max(0, blocks[offsets[r + 1] - 1] + 1 - unseen);
    unseen += fresh;
    if (r < window.begin) continue;
    hitTokens += tokensOfPrefix(columns, r, chain - fresh);
    allTokens += inputTokens[r];
  }
  return { hitTokens, inputTokens: allTokens };
}
