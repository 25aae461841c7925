import { NONE, sharedUint32 } from '@wavetune/core';
import type { KvSize } from './cohorts.ts';
import { blocksOf, type PrefixForest } from './forest.ts';
import type { KeptBlocks } from './layout.ts';
import { prefixError } from './prefix-errors.ts';
import { orderDescending } from './radix-order.ts';
import { solveTreeKnapsack } from './tree-knapsack.ts';

/** Cells of the exact tree knapsack's table, 8 bytes each. Chosen: 32 MiB and some 20 ms. */
export const EXACT_PIN_CELLS = 1 << 22;

export interface PinOptions {
  readonly budgetBytes: number;
  readonly size: KvSize;
  /** Largest table that the exact solution may fill; `EXACT_PIN_CELLS` serves, 0 leaves the greedy set. */
  readonly exactCells: number;
}

/** A set of blocks to pin, closed under parent, within a budget. */
export interface PinSet {
  /** `exact`: no set within the budget saves more; `greedy`: at most `boundSavedTokens − savedTokens` is lost. */
  readonly method: 'exact' | 'greedy';
  readonly budgetBytes: number;
  readonly bytes: number;
  readonly blocks: number;
  readonly savedTokens: number;
  /** No closed set within the budget saves more. */
  readonly boundSavedTokens: number;
  readonly kept: KeptBlocks;
  /** The deepest pinned blocks, ascending: those without a pinned child. */
  readonly tips: Uint32Array;
}

/**
 * The set of blocks, closed under parent, that saves most tokens within a budget; a block saves `(count − 1) × tokens`.
 *
 * Greedy: blocks by saving per byte, densest first, each with all above it. No block is denser than its parent (it has at
 * most its parent's requests and tokens, and a partial block is a leaf), so with ties given to full blocks, then to the
 * older, the order is itself closed, and a run of equal blocks is taken at once.
 *
 * Bound: without the closure, and with the first block that does not fit cut to size, the same order is the optimum of
 * the fractional knapsack (Dantzig, 1957). Both only widen the choice, so no closed set saves more; savings are whole
 * tokens, so the bound is rounded down.
 *
 * Exact: a greedy set that meets its bound is optimal. That is always so for pages, which all weigh the same, and where
 * everything fits. Else the tree knapsack is solved (`solveTreeKnapsack`) if its table is within `exactCells`.
 *
 * Cost: O(cohorts), plus the table. Blocks of one request save nothing and are never pinned.
 *
 * @throws WavetuneError `prefix.bad-option` for a size that is not positive or a budget that is negative or no number.
 */
export function selectPins(forest: PrefixForest, options: PinOptions): PinSet {
  checkOptions(options);
  const { budgetBytes, size } = options;
  const capacity = Math.floor(budgetBytes / size.bytes);
  const runs = cutIntoRuns(forest, size);
  const greedy = fillGreedily(runs, capacity, forest.counts.length);
  const exact =
    greedy.saved === greedy.bound
      ? greedy
      : solveTreeKnapsack(forest, { capacity, exactCells: options.exactCells });
  const { kept, saved, weight } = exact ?? greedy;
  return {
    method: exact === undefined ? 'greedy' : 'exact',
    budgetBytes,
    bytes: weight * size.bytes,
    blocks: kept.reduce((sum, blocks) => sum + blocks, 0),
    savedTokens: saved,
    boundSavedTokens: exact === undefined ? greedy.bound : saved,
    kept,
    tips: findTips(forest, kept),
  };
}

/** Runs of blocks that weigh and save the same: first the full blocks of each cohort, then the partial ones, all leaves. */
interface Runs {
  readonly cohorts: Uint32Array;
  readonly blocks: Uint32Array;
  /** Of one block, in units of `KvSize.bytes`. */
  readonly weights: Uint32Array;
  /** Of one block, tokens. */
  readonly savings: Float64Array;
  /** Saving per unit of weight, whole numbers. */
  readonly densities: Float64Array;
  /** The run above it, or `NONE`. */
  readonly parents: Uint32Array;
}

function cutIntoRuns(forest: PrefixForest, size: KvSize): Runs {
  const { blockSize, counts, lastTokens } = forest;
  let length = 0;
  for (let c = 0; c < counts.length; c++) if (counts[c] > 1) length += 2;
  const runs = {
    cohorts: new Uint32Array(length),
    blocks: new Uint32Array(length),
    weights: new Uint32Array(length),
    savings: new Float64Array(length),
    densities: new Float64Array(length),
    parents: new Uint32Array(length),
  };
  const fullRun = new Uint32Array(counts.length);
  let run = 0;
  const add = (c: number, blocks: number, tokens: number, parent: number): void => {
    runs.cohorts[run] = c;
    runs.blocks[run] = blocks;
    runs.weights[run] = size.per === 'token' ? tokens : 1;
    runs.savings[run] = (counts[c] - 1) * tokens;
    runs.densities[run] = runs.savings[run] / runs.weights[run];
    runs.parents[run++] = parent;
  };
  const fullRunAt = (c: number): number => (c === NONE ? NONE : fullRun[c]);
  const fullBlocks = (c: number): number =>
    blocksOf(forest, c) - (lastTokens[c] < blockSize ? 1 : 0);
  for (let c = 0; c < counts.length; c++) {
    if (counts[c] < 2 || fullBlocks(c) === 0) continue;
    fullRun[c] = run;
    add(c, fullBlocks(c), blockSize, fullRunAt(forest.parents[c]));
  }
  for (let c = 0; c < counts.length; c++) {
    if (counts[c] < 2 || lastTokens[c] === blockSize) continue;
    add(c, 1, lastTokens[c], fullRunAt(fullBlocks(c) > 0 ? c : forest.parents[c]));
  }
  return cutTo(runs, run);
}

function cutTo(runs: Runs, length: number): Runs {
  return {
    cohorts: runs.cohorts.subarray(0, length),
    blocks: runs.blocks.subarray(0, length),
    weights: runs.weights.subarray(0, length),
    savings: runs.savings.subarray(0, length),
    densities: runs.densities.subarray(0, length),
    parents: runs.parents.subarray(0, length),
  };
}

function fillGreedily(runs: Runs, capacity: number, cohorts: number) {
  const kept = sharedUint32(cohorts);
  const whole = new Uint8Array(runs.cohorts.length);
  let weight = 0;
  let saved = 0;
  let bound: number | undefined;
  for (const run of orderDescending(runs.densities)) {
    const left = capacity - weight;
    const blocks = Math.min(runs.blocks[run], Math.floor(left / runs.weights[run]));
    if (blocks < runs.blocks[run]) bound ??= saved + Math.floor(left * runs.densities[run]);
    const parent = runs.parents[run];
    if (blocks === 0 || (parent !== NONE && whole[parent] === 0)) continue;
    whole[run] = blocks === runs.blocks[run] ? 1 : 0;
    kept[runs.cohorts[run]] += blocks;
    weight += blocks * runs.weights[run];
    saved += blocks * runs.savings[run];
  }
  return { kept, weight, saved, bound: bound ?? saved };
}

function findTips(forest: PrefixForest, kept: KeptBlocks): Uint32Array {
  const hasPinnedChild = new Uint8Array(kept.length);
  let tips = 0;
  for (let c = kept.length - 1; c >= 0; c--) {
    if (kept[c] === 0) continue;
    if (hasPinnedChild[c] === 0) tips++;
    if (forest.parents[c] !== NONE) hasPinnedChild[forest.parents[c]] = 1;
  }
  const found = sharedUint32(tips);
  let tip = 0;
  for (let c = 0; c < kept.length; c++) {
    if (kept[c] > 0 && hasPinnedChild[c] === 0) found[tip++] = forest.starts[c] + kept[c] - 1;
  }
  return found;
}

function checkOptions({ budgetBytes, size }: PinOptions): void {
  if (!(budgetBytes >= 0)) {
    throw prefixError('prefix.bad-option', {
      option: 'the pin budget',
      found: budgetBytes,
      accepted: 'a number of bytes, 0 or more',
    });
  }
  if (size.bytes > 0 && size.bytes < Number.POSITIVE_INFINITY) return;
  throw prefixError('prefix.bad-option', {
    option: `bytes a ${size.per}`,
    found: size.bytes,
    accepted: 'a positive number',
  });
}
