import { type TraceColumns, tokensOfPrefix } from '@wavetune/core';

/** What a cache without a bound would hit; nothing can beat it. */
export interface Ceiling {
  readonly hitBlocks: number;
  readonly hitTokens: number;
}

/** Continuous hits of the requests from `measureFrom` on in a cache that never evicts, warm from request 0. */
export function ceilingOf(columns: TraceColumns, measureFrom = 0): Ceiling {
  const { offsets, blocks } = columns;
  const seen = new Uint8Array(columns.parents.length);
  let hitBlocks = 0;
  let hitTokens = 0;
  for (let request = 0; request < offsets.length - 1; request++) {
    const end = offsets[request + 1];
    let hitEnd = offsets[request];
    while (hitEnd < end && seen[blocks[hitEnd]] === 1) hitEnd++;
    for (let i = hitEnd; i < end; i++) seen[blocks[i]] = 1;
    if (request < measureFrom) continue;
    hitBlocks += hitEnd - offsets[request];
    hitTokens += tokensOfPrefix(columns, request, hitEnd - offsets[request]);
  }
  return { hitBlocks, hitTokens };
}
