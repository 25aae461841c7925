import { sharedUint32 } from '@wavetune/core';
import { blocksOf, type PrefixForest } from './forest.ts';

/** What the forest knows of each block; every array has shape `[d]` and is shared between threads. */
export interface BlockTable {
  /** Requests through the block. */
  readonly counts: Uint32Array;
  /** Blocks from the root to it, both included. */
  readonly depths: Uint32Array;
  /** The most tokens that a request's reference holds of it. */
  readonly tokens: Uint32Array;
  readonly firstRequests: Uint32Array;
  readonly lastRequests: Uint32Array;
}

/** Spreads the cohorts' figures over their blocks. Cost: O(distinct blocks), sequential writes, 20 bytes a block. */
export function expandBlocks(forest: PrefixForest): BlockTable {
  const { starts, counts, depths, lastTokens, firstRequests, lastRequests } = forest;
  const blocks = forest.cohortOf.length;
  const table = {
    counts: sharedUint32(blocks),
    depths: sharedUint32(blocks),
    tokens: sharedUint32(blocks).fill(forest.blockSize),
    firstRequests: sharedUint32(blocks),
    lastRequests: sharedUint32(blocks),
  };
  for (let c = 0; c < counts.length; c++) {
    const end = starts[c + 1];
    let depth = depths[c] - blocksOf(forest, c);
    for (let b = starts[c]; b < end; b++) {
      table.counts[b] = counts[c];
      table.depths[b] = ++depth;
      table.firstRequests[b] = firstRequests[c];
      table.lastRequests[b] = lastRequests[c];
    }
    table.tokens[end - 1] = lastTokens[c];
  }
  return table;
}
