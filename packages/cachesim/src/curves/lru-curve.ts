import {
  type RequestRange,
  shapeOf,
  splitRange,
  type Task,
  type TraceColumns,
} from '@wavetune/core';
import { type RecencyStack, touchBlock, touchBlocks, touchChain } from './recency-stack.ts';
import { longestChainOf, stackAt } from './stack-at.ts';

/** Requests of one block whose depths are found before they are counted (chosen). */
const WINDOW = 4096;

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
  const { distinctBlocks, requests } = shapeOf(columns);
  const longestChain = longestChainOf(columns);
  const stack = stackAt(columns, measured.begin, longestChain);
  const histogram: DepthHistogram = {
    blocks: new Uint32Array(distinctBlocks),
    lackingTokens: new Float64Array(distinctBlocks),
  };
  if (columns.blocks.length === requests && longestChain === 1) {
    countSingles(columns, measured, stack, histogram);
  } else {
    countChains(columns, measured, stack, new Int32Array(longestChain), histogram);
  }
  return histogram;
}

function countChains(
  { offsets, blocks, coveredTokens, blockSize }: TraceColumns,
  measured: RequestRange,
  stack: RecencyStack,
  depths: Int32Array,
  histogram: DepthHistogram,
): void {
  for (let r = measured.begin; r < measured.end; r++) {
    const begin = offsets[r];
    const chain = offsets[r + 1] - begin;
    if (chain === 0) continue;
    if (chain === 1) depths[0] = touchBlock(stack, blocks[begin]);
    else touchChain(stack, blocks, begin, begin + chain, depths);
    for (let i = 0; i < chain && depths[i] >= 0; i++) histogram.blocks[depths[i]]++;
    const last = depths[chain - 1];
    if (last >= 0) histogram.lackingTokens[last] += chain * blockSize - coveredTokens[r];
  }
}

/**
 * As {@link countChains} where every request is of one block. Windows of depths are found first and counted then, so that
 * the counters, which lie far apart, are waited for together.
 */
function countSingles(
  { blocks, coveredTokens, blockSize }: TraceColumns,
  measured: RequestRange,
  stack: RecencyStack,
  histogram: DepthHistogram,
): void {
  const depths = new Int32Array(WINDOW);
  for (let begin = measured.begin; begin < measured.end; begin += WINDOW) {
    const end = Math.min(begin + WINDOW, measured.end);
    touchBlocks(stack, blocks, begin, end, depths);
    for (let r = begin; r < end; r++) {
      const depth = depths[r - begin];
      if (depth < 0) continue;
      histogram.blocks[depth]++;
      const lacking = blockSize - coveredTokens[r];
      if (lacking !== 0) histogram.lackingTokens[depth] += lacking;
    }
  }
}
