import { sharedUint32 } from '@wavetune/core';
import { blocksOf, type PrefixForest } from './forest.ts';
import { blocksInPageOrder, type KeptBlocks, layoutPages } from './layout.ts';

export interface TreeKnapsack {
  readonly kept: KeptBlocks;
  readonly saved: number;
  readonly weight: number;
}

/**
 * The set of blocks, closed under parent, of at most `capacity` tokens that saves most, exactly; undefined where the
 * table would have more than `exactCells` cells: (blocks of two or more requests + 1) × (capacity / g + 1), g the
 * greatest common divisor of their tokens.
 *
 * Depth-first tree knapsack (Johnson and Niemi, "On knapsacks, partitions, and a new dynamic programming technique for
 * trees", 1983): in depth-first order a block is either taken, and the next block decided with what is left, or left
 * out, and all below it skipped.
 *
 * Cost: O(cells), 8 bytes each.
 */
export function solveTreeKnapsack(
  forest: PrefixForest,
  { capacity, exactCells }: { readonly capacity: number; readonly exactCells: number },
): TreeKnapsack | undefined {
  const chain = flatten(forest);
  const unit = chain.tokens.reduce(greatestCommonDivisor, 0);
  const room = unit === 0 ? 0 : Math.floor(capacity / unit);
  if ((chain.tokens.length + 1) * (room + 1) > exactCells) return undefined;
  const best = fillTable(chain, unit, room);
  const kept = sharedUint32(forest.counts.length);
  let left = room;
  let weight = 0;
  for (let i = 0; i < chain.tokens.length; ) {
    if (best[i * (room + 1) + left] === best[chain.skips[i] * (room + 1) + left]) {
      i = chain.skips[i];
      continue;
    }
    kept[chain.cohorts[i]] += 1;
    weight += chain.tokens[i];
    left -= chain.tokens[i] / unit;
    i++;
  }
  return { kept, saved: best[room], weight };
}

/** The blocks of two or more requests in depth-first order. */
interface Preorder {
  readonly cohorts: Uint32Array;
  readonly tokens: Uint32Array;
  readonly savings: Float64Array;
  /** Where the order goes on after all that is below. */
  readonly skips: Uint32Array;
}

function flatten(forest: PrefixForest): Preorder {
  const { blockSize, parents, counts, lastTokens, starts, cohortOf } = forest;
  const shared = sharedUint32(counts.length);
  for (let c = 0; c < shared.length; c++) shared[c] = counts[c] > 1 ? blocksOf(forest, c) : 0;
  const below = Uint32Array.from(shared);
  for (let c = below.length - 1; c >= 0; c--) {
    if (parents[c] < below.length) below[parents[c]] += below[c];
  }
  const layout = layoutPages(forest, 'packed', shared);
  const order = blocksInPageOrder(forest, layout);
  const savings = new Float64Array(order.length);
  const tokens = new Uint32Array(order.length);
  const skips = new Uint32Array(order.length);
  const cohorts = order.map((block) => cohortOf[block]);
  for (let i = 0; i < order.length; i++) {
    const c = cohorts[i];
    tokens[i] = order[i] === starts[c + 1] - 1 ? lastTokens[c] : blockSize;
    savings[i] = (counts[c] - 1) * tokens[i];
    skips[i] = layout.startPages[c] + below[c];
  }
  return { cohorts, tokens, savings, skips };
}

/** `best[i × (room + 1) + left]`: most savings from block i on with `left` units free. */
function fillTable(chain: Preorder, unit: number, room: number): Float64Array {
  const width = room + 1;
  const best = new Float64Array((chain.tokens.length + 1) * width);
  for (let i = chain.tokens.length - 1; i >= 0; i--) {
    const units = chain.tokens[i] / unit;
    const saving = chain.savings[i];
    const row = i * width;
    const skipped = chain.skips[i] * width;
    for (let left = 0; left <= room; left++) {
      const without = best[skipped + left];
      const taken = left < units ? 0 : saving + best[row + width + left - units];
      best[row + left] = Math.max(taken, without);
    }
  }
  return best;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
