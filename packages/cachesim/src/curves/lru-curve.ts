import {
  type RequestRange,
  shapeOf,
  splitRange,
  type Task,
  type TraceColumns,
} from '@wavetune/core';
import { touchBlock, touchChain } from './recency-stack.ts';
import { longestChainOf, stackAt } from './stack-at.ts';

/** Hits at every capacity. */
export interface CapacityCurve {
  /** Hit blocks with room for c blocks; shape `[distinct blocks + 1]`, ascending, the last is the infinite cache. */
  readonly hitBlocks: Float64Array;
  /** Hit tokens, likewise. */
  readonly hitTokens: Float64Array;
}

/** Measured references by the depth at which they found their block. */
export interface DepthHistogram {
  /** Blocks hit at depth d, shape `[distinct blocks]`. */
  readonly blocks: Uint32Array;
  /** Tokens that partial blocks hit at depth d lack to full ones; shape `[distinct blocks]`. */
  readonly lackingTokens: Float64Array;
}

export interface LruCurveInput {
  readonly columns: TraceColumns;
  /** Requests to count; those before them warm the cache. */
  readonly measured: RequestRange;
}

/**
 * The depth histogram of plain LRU in one pass (Mattson et al. 1970), chains touched last block first, so that a block is
 * on the stack above depth c only if all before it are: the hits are prefix-continuous and the resident set is closed.
 *
 * Splits by measured requests: each part rebuilds the stack at its first request, so the parts are independent and their
 * sum is the whole, exactly.
 */
export const lruDepthsTask: Task<LruCurveInput, DepthHistogram> = {
  name: 'cachesim/lru-depths',
  split: ({ columns, measured }, parts) =>
    splitRange(measured, parts).map((range) => ({ columns, measured: range })),
  run: ({ columns, measured }) => depthHistogram(columns, measured),
  merge: (left, right) => ({
    blocks: left.blocks.map((count, depth) => count + right.blocks[depth]),
    lackingTokens: left.lackingTokens.map((count, depth) => count + right.lackingTokens[depth]),
  }),
};

/** LRU's hits in `measured` at every capacity, the cache warm from what came before. */
export function lruCurve(columns: TraceColumns, measured: RequestRange): CapacityCurve {
  return curveOfDepths(depthHistogram(columns, measured), columns.blockSize);
}

/** Sums a depth histogram up: a cache of c blocks hits what lies above depth c. */
export function curveOfDepths(depths: DepthHistogram, blockSize: number): CapacityCurve {
  const hitBlocks = new Float64Array(depths.blocks.length + 1);
  const hitTokens = new Float64Array(depths.blocks.length + 1);
  for (let d = 0; d < depths.blocks.length; d++) {
    hitBlocks[d + 1] = hitBlocks[d] + depths.blocks[d];
    hitTokens[d + 1] = hitTokens[d] + depths.blocks[d] * blockSize - depths.lackingTokens[d];
  }
  return { hitBlocks, hitTokens };
}

function depthHistogram(columns: TraceColumns, measured: RequestRange): DepthHistogram {
  const { offsets, blocks, coveredTokens, blockSize } = columns;
  const { distinctBlocks } = shapeOf(columns);
  const histogram = new Uint32Array(distinctBlocks);
  const lackingTokens = new Float64Array(distinctBlocks);
  const stack = stackAt(columns, measured.begin);
  const depths = new Int32Array(longestChainOf(columns));
  for (let r = measured.begin; r < measured.end; r++) {
    const begin = offsets[r];
    const chain = offsets[r + 1] - begin;
    if (chain === 0) continue;
    if (chain === 1) depths[0] = touchBlock(stack, blocks[begin]);
    else touchChain(stack, blocks, begin, begin + chain, depths);
    for (let i = 0; i < chain && depths[i] >= 0; i++) histogram[depths[i]]++;
    const last = depths[chain - 1];
    if (last >= 0) lackingTokens[last] += chain * blockSize - coveredTokens[r];
  }
  return { blocks: histogram, lackingTokens };
}
