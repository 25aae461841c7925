import { NONE } from '@wavetune/core';
import { emptyTally, type Tally } from '../replay/tally.ts';
import {
  clearPosition,
  createPositionBits,
  hasPosition,
  lastPosition,
  setPosition,
} from '../structures/position-bits.ts';
import type { OptimumRun } from './closed-optimum.ts';

/**
 * Belady's MIN over single references, free residency and independent hits (Belady 1966): a bound, not a policy.
 *
 * A bit of time t is set iff the block referenced at t is resident and not referenced before: a hit is one bit test, the
 * block used farthest ahead is the highest bit, and no state a block is needed. With `bypass` a block used no sooner than
 * that one stays out; without, every block is placed, as in libCacheSim.
 *
 * Cost: O(1) word operations a reference; 1/8 byte a reference.
 */
export function looseOptimum(run: OptimumRun, bypass: boolean): Tally {
  const { offsets, coveredTokens, blockSize } = run.columns;
  const tally = emptyTally();
  const cache = createLooseCache(run, bypass);
  for (let request = 0; request < offsets.length - 1; request++) {
    const begin = offsets[request];
    const end = offsets[request + 1];
    const evictionsBefore = cache.evictions();
    let hitBlocks = 0;
    let hitTokens = 0;
    for (let i = begin; i < end; i++) {
      if (!cache.request(i)) continue;
      hitBlocks++;
      hitTokens +=
        i === end - 1 ? coveredTokens[request] - (end - 1 - begin) * blockSize : blockSize;
    }
    if (request < run.measureFrom) continue;
    tally.hitBlocks += hitBlocks;
    tally.hitTokens += hitTokens;
    tally.evictions += cache.evictions() - evictionsBefore;
  }
  return tally;
}

function createLooseCache({ columns, references, capacityBlocks }: OptimumRun, bypass: boolean) {
  const { next } = references;
  const uses = createPositionBits(columns.blocks.length);
  let size = 0;
  let unused = 0;
  let evictions = 0;
  /** False where the block used at `use` stays out. */
  const makeRoom = (use: number): boolean => {
    if (unused > 0) {
      if (bypass && use === NONE) return false;
      unused--;
    } else {
      const farthest = lastPosition(uses);
      if (bypass && use >= farthest) return false;
      clearPosition(uses, farthest);
    }
    evictions++;
    return true;
  };
  return {
    evictions: () => evictions,
    /** True for a hit; references come in order. */
    request(reference: number): boolean {
      const hit = hasPosition(uses, reference);
      const use = next[reference];
      if (hit) clearPosition(uses, reference);
      else if (size < capacityBlocks) size++;
      else if (!makeRoom(use)) return false;
      if (use === NONE) unused++;
      else setPosition(uses, use);
      return hit;
    },
  };
}
