import { type RequestRange, shapeOf, type TraceColumns } from '@wavetune/core';
import { cachesimError } from '../cachesim-errors.ts';
import type { CapacityCurve } from '../curves/lru-curve.ts';
import {
  createRecencyStack,
  forgetBlock,
  touchBlock,
  touchChain,
} from '../curves/recency-stack.ts';
import { checkRate, sharedParents, unitHash } from './sample-units.ts';
import { isSampled, sampledUnits, visitSampled } from './sampled-units.ts';
import { createUnitShelf } from './unit-shelf.ts';

export interface SamplingOptions {
  readonly measured: RequestRange;
  /** `rate`: units whose hash lies below it. `blocks`: at most so many blocks at a time, the rate falling as they come. */
  readonly sample:
    | { readonly kind: 'rate'; readonly rate: number }
    | { readonly kind: 'blocks'; readonly count: number };
  readonly seed: number;
}

export interface SampledCurve {
  /** An estimate at every capacity. */
  readonly curve: CapacityCurve;
  /** At the end. */
  readonly rate: number;
  /** Measured. */
  readonly sampledReferences: number;
}

/**
 * LRU's hits at every capacity, estimated from a sample (SHARDS: Waldspurger et al., FAST 2015, fixed rate and fixed size).
 *
 * Deviations: chains are sampled whole (see {@link sharedParents}); a shared root counts as hit once it was seen; where
 * there are chains, the estimate is scaled by the references that were sampled, where there are loose blocks those that
 * the sample has too many or too few go to depth 0, as in the paper, for they are of the hottest blocks.
 *
 * @throws WavetuneError `cachesim.bad-sampling` for a rate outside (0, 1] or fewer than one block.
 */
export function sampledLruCurve(columns: TraceColumns, options: SamplingOptions): SampledCurve {
  const { offsets, blocks } = columns;
  const { measured, sample, seed } = options;
  const shared = sharedParents(columns);
  const isLoose = shared.length === 0;
  const sampler = createSampler(columns, sample);
  const units = sampledUnits(columns.parents.length, sampler.threshold(), seed);
  const visit = (r: number): void => {
    const begin = offsets[r];
    const end = offsets[r + 1];
    if (begin === end) return;
    const skip = isLoose ? 0 : shared[blocks[begin]];
    const unit = blocks[begin + (end > begin + 1 ? skip : 0)];
    if (skip === 1) sampler.touchRoot(blocks[begin], r >= measured.begin);
    if (!isSampled(units, unit) || begin + skip === end) return;
    const hash = unitHash(unit, seed);
    if (hash >= sampler.threshold()) return;
    sampler.touch(r, { hash, begin: begin + skip, end, skip, isMeasured: r >= measured.begin });
  };
  const visitBlock = (r: number): void => {
    const hash = unitHash(blocks[r], seed);
    if (hash >= sampler.threshold()) return;
    sampler.touch(r, { hash, begin: r, end: r + 1, skip: 0, isMeasured: r >= measured.begin });
  };
  if (isLoose && blocks.length === offsets.length - 1) {
    visitSampled(blocks.subarray(0, measured.end), units, visitBlock);
  } else {
    for (let r = 0; r < measured.end; r++) visit(r);
  }
  const sums = sampler.finish();
  const references = offsets[measured.end] - offsets[measured.begin];
  return {
    curve: curveOf(sums, columns.blockSize, { references, isLoose }),
    rate: sampler.threshold() / 2 ** 32,
    sampledReferences: sums.sampledReferences,
  };
}

/** What a sample says, references by the capacity that would hit them. */
interface SampleSums {
  readonly hitBlocks: Float64Array;
  readonly hitTokens: Float64Array;
  readonly roots: { references: number; hits: number };
  sampledReferences: number;
  /** Each reference by the inverse of the rate at its time. */
  weightedReferences: number;
}

interface SampledTouch {
  readonly hash: number;
  /** The chain is `blocks[begin … end)`, behind the blocks at its head that the sample leaves out. */
  readonly begin: number;
  readonly end: number;
  readonly skip: number;
  readonly isMeasured: boolean;
}

function createSampler(columns: TraceColumns, sample: SamplingOptions['sample']) {
  const { blocks, blockSize } = columns;
  const { distinctBlocks } = shapeOf(columns);
  const stack = createRecencyStack(distinctBlocks, distinctBlocks);
  const shelf = createUnitShelf(sample.kind === 'blocks' ? distinctBlocks : 0);
  const seenRoots = new Uint8Array(distinctBlocks);
  const sums = emptySums(distinctBlocks);
  const isAtRate = sample.kind === 'rate';
  let threshold = thresholdOf(sample);
  let depths = new Int32Array(64);

  const count = (request: number, skip: number, chain: number): void => {
    const weight = 2 ** 32 / threshold;
    // A block of one token is never partial; the read would miss the cache.
    const covered = blockSize === 1 ? chain + skip : columns.coveredTokens[request];
    const lacking = (chain + skip) * blockSize - covered;
    sums.sampledReferences += chain;
    sums.weightedReferences += weight * chain;
    for (let i = 0; i < chain && depths[i] >= 0; i++) {
      const at = isAtRate ? depths[i] : capacityAt(depths[i], weight, distinctBlocks);
      const counted = isAtRate ? 1 : weight;
      sums.hitBlocks[at] += counted;
      sums.hitTokens[at] += counted * (blockSize - (i === chain - 1 ? lacking : 0));
    }
  };
  return {
    /** The sums; once, behind the last touch. */
    finish(): SampleSums {
      if (isAtRate) {
        spread(sums.hitBlocks, stack.size, 2 ** 32 / threshold);
        spread(sums.hitTokens, stack.size, 2 ** 32 / threshold);
      }
      return sums;
    },
    threshold: () => threshold,
    touchRoot(block: number, isMeasured: boolean): void {
      if (isMeasured) {
        sums.roots.references++;
        sums.roots.hits += seenRoots[block];
      }
      seenRoots[block] = 1;
    },
    touch(request: number, { hash, skip, begin, end, isMeasured }: SampledTouch): void {
      const chain = end - begin;
      if (chain > depths.length) depths = new Int32Array(2 * chain);
      if (chain === 1) depths[0] = touchBlock(stack, blocks[begin]);
      else touchChain(stack, blocks, begin, begin + chain, depths);
      if (isMeasured) count(request, skip, chain);
      if (isAtRate) return;
      for (let i = 0; i < chain; i++) if (depths[i] < 0) shelf.add(hash, blocks[begin + i]);
      while (shelf.size() > sample.count) {
        threshold = shelf.dropHighest((block) => forgetBlock(stack, block));
      }
    },
  };
}

/** The capacity that hits what lies at `depth` of a sample of which each block stands for `weight`. */
function capacityAt(depth: number, weight: number, distinctBlocks: number): number {
  return Math.min(distinctBlocks, Math.floor(depth * weight) + 1);
}

/**
 * Moves counts at the depths of the sample to the capacities they stand for, in place. Counting by depth and moving once
 * keeps the counters in cache.
 */
function spread(counts: Float64Array, depths: number, weight: number): void {
  for (let depth = depths - 1; depth >= 0; depth--) {
    const count = counts[depth];
    counts[depth] = 0;
    counts[capacityAt(depth, weight, counts.length - 1)] += weight * count;
  }
}

function emptySums(distinctBlocks: number): SampleSums {
  return {
    hitBlocks: new Float64Array(distinctBlocks + 1),
    hitTokens: new Float64Array(distinctBlocks + 1),
    roots: { references: 0, hits: 0 },
    sampledReferences: 0,
    weightedReferences: 0,
  };
}

/** Turns the sums into the curve, in their place. */
function curveOf(
  sums: SampleSums,
  blockSize: number,
  trace: { readonly references: number; readonly isLoose: boolean },
): CapacityCurve {
  const { roots, weightedReferences } = sums;
  const expected = trace.references - roots.references;
  const scale = trace.isLoose || weightedReferences === 0 ? 1 : expected / weightedReferences;
  const top = trace.isLoose ? expected - weightedReferences : roots.hits;
  const summed = (counts: Float64Array, start: number): Float64Array => {
    let total = start;
    for (let capacity = 1; capacity < counts.length; capacity++) {
      total += counts[capacity] * scale;
      counts[capacity] = Math.max(0, total);
    }
    return counts;
  };
  return {
    hitBlocks: summed(sums.hitBlocks, top),
    hitTokens: summed(sums.hitTokens, top * blockSize),
  };
}

function thresholdOf(sample: SamplingOptions['sample']): number {
  if (sample.kind === 'blocks') {
    if (sample.count >= 1) return 2 ** 32;
    throw cachesimError('cachesim.bad-sampling', {
      found: sample.count,
      accepted: 'one block or more',
    });
  }
  checkRate(sample.rate);
  return sample.rate * 2 ** 32;
}
