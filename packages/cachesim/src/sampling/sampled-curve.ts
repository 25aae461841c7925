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
  const sampledBits = sampledUnits(columns, sampler.threshold(), seed);
  const isOneBlockEach = isLoose && blocks.length === offsets.length - 1;
  for (let r = 0; r < measured.end; r++) {
    if (isOneBlockEach) {
      r = nextSampled(blocks, sampledBits, r);
      if (r >= measured.end) break;
    }
    const begin = offsets[r];
    const end = offsets[r + 1];
    if (begin === end) continue;
    const skip = isLoose ? 0 : shared[blocks[begin]];
    const unit = blocks[begin + (end > begin + 1 ? skip : 0)];
    if (skip === 1) sampler.touchRoot(blocks[begin], r >= measured.begin);
    if (!isSampled(sampledBits, unit) || begin + skip === end) continue;
    const hash = unitHash(unit, seed);
    if (hash >= sampler.threshold()) continue;
    sampler.touch(r, { hash, skip, isMeasured: r >= measured.begin });
  }
  const references = offsets[measured.end] - offsets[measured.begin];
  return {
    curve: curveOf(sampler.sums, columns.blockSize, { references, isLoose }),
    rate: sampler.threshold() / 2 ** 32,
    sampledReferences: sampler.sums.sampledReferences,
  };
}

/** One bit a block, read once a request: cheaper than a hash, and small enough to stay in cache. */
function sampledUnits({ parents }: TraceColumns, threshold: number, seed: number): Uint32Array {
  const bits = new Uint32Array((parents.length + 31) >>> 5);
  for (let unit = 0; unit < parents.length; unit++) {
    if (unitHash(unit, seed) < threshold) bits[unit >>> 5] |= 1 << (unit & 31);
  }
  return bits;
}

function isSampled(bits: Uint32Array, unit: number): boolean {
  return ((bits[unit >>> 5] >>> (unit & 31)) & 1) === 1;
}

function nextSampled(blocks: Uint32Array, bits: Uint32Array, from: number): number {
  let at = from;
  while (at < blocks.length && !isSampled(bits, blocks[at])) at++;
  return at;
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
  /** Blocks at the head of the chain that the sample leaves out. */
  readonly skip: number;
  readonly isMeasured: boolean;
}

function createSampler(columns: TraceColumns, sample: SamplingOptions['sample']) {
  const { offsets, blocks, blockSize } = columns;
  const { distinctBlocks } = shapeOf(columns);
  const stack = createRecencyStack(distinctBlocks, distinctBlocks);
  const shelf = createUnitShelf(sample.kind === 'blocks' ? distinctBlocks : 0);
  const seenRoots = new Uint8Array(distinctBlocks);
  const sums = emptySums(distinctBlocks);
  let threshold = thresholdOf(sample);
  let depths = new Int32Array(64);

  const count = (request: number, skip: number, chain: number): void => {
    const weight = 2 ** 32 / threshold;
    const lacking = (chain + skip) * blockSize - columns.coveredTokens[request];
    sums.sampledReferences += chain;
    sums.weightedReferences += weight * chain;
    for (let i = 0; i < chain && depths[i] >= 0; i++) {
      const capacity = Math.min(distinctBlocks, Math.floor(depths[i] * weight) + 1);
      sums.hitBlocks[capacity] += weight;
      sums.hitTokens[capacity] += weight * (blockSize - (i === chain - 1 ? lacking : 0));
    }
  };
  return {
    sums,
    threshold: () => threshold,
    touchRoot(block: number, isMeasured: boolean): void {
      if (isMeasured) {
        sums.roots.references++;
        sums.roots.hits += seenRoots[block];
      }
      seenRoots[block] = 1;
    },
    touch(request: number, { hash, skip, isMeasured }: SampledTouch): void {
      const begin = offsets[request] + skip;
      const chain = offsets[request + 1] - begin;
      if (chain > depths.length) depths = new Int32Array(2 * chain);
      if (chain === 1) depths[0] = touchBlock(stack, blocks[begin]);
      else touchChain(stack, blocks, begin, begin + chain, depths);
      if (isMeasured) count(request, skip, chain);
      if (sample.kind === 'rate') return;
      for (let i = 0; i < chain; i++) if (depths[i] < 0) shelf.add(hash, blocks[begin + i]);
      while (shelf.size() > sample.count) {
        threshold = shelf.dropHighest((block) => forgetBlock(stack, block));
      }
    },
  };
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
    const curve = new Float64Array(counts.length);
    let total = start;
    for (let capacity = 1; capacity < counts.length; capacity++) {
      total += counts[capacity] * scale;
      curve[capacity] = Math.max(0, total);
    }
    return curve;
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
