import { NONE, type TraceColumns } from '@wavetune/core';

/** What the columns say of each block; every array of shape `[d]`. */
export interface BlockCounts {
  readonly counts: Uint32Array;
  /** From 1. */
  readonly depths: Uint32Array;
  readonly firstSeenMillis: Float64Array;
  readonly lastSeenMillis: Float64Array;
  /** The most that a reference holds: the block size, or less for a block that ends a chain short. */
  readonly tokens: Float64Array;
  /** How many different ones. */
  readonly tenants: Uint32Array;
  /** The sum of a column over the requests. */
  readonly sums: Float64Array;
}

/** Counts references by block; O(m + distinct pairs of block and tenant). `summed` is of shape `[n]`. */
export function countBlocks(columns: TraceColumns, summed?: Float64Array): BlockCounts {
  const { blocks, offsets, parents, blockSize } = columns;
  const distinct = parents.length;
  const result = {
    counts: new Uint32Array(distinct),
    depths: new Uint32Array(distinct),
    firstSeenMillis: new Float64Array(distinct),
    lastSeenMillis: new Float64Array(distinct),
    tokens: new Float64Array(distinct),
    tenants: new Uint32Array(distinct),
    sums: new Float64Array(distinct),
  };
  const seenPairs = new Set<number>();
  for (let block = 0; block < distinct; block++) {
    result.depths[block] = parents[block] === NONE ? 1 : result.depths[parents[block]] + 1;
  }
  for (let request = 0; request + 1 < offsets.length; request++) {
    const begin = offsets[request];
    for (let i = begin; i < offsets[request + 1]; i++) {
      const block = blocks[i];
      const time = columns.timeMillis[request];
      if (result.counts[block]++ === 0) result.firstSeenMillis[block] = time;
      result.lastSeenMillis[block] = time;
      const left = columns.coveredTokens[request] - (i - begin) * blockSize;
      result.tokens[block] = Math.max(result.tokens[block], Math.min(blockSize, left));
      result.sums[block] += summed?.[request] ?? 0;
      const pair = columns.tenants[request] * distinct + block;
      if (seenPairs.has(pair)) continue;
      seenPairs.add(pair);
      result.tenants[block]++;
    }
  }
  return result;
}
