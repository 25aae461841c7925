import type { TilePolicy } from '../policy.ts';

/** One tile for every shape: what both engines do for dense block-scaled FP8 where no tuned file is found. */
export function denseBlockScaled(stages: number): TilePolicy {
  return { blockM: 64, blockN: 128, blockK: 128, groupM: 32, stages, warps: 4, splitK: 1 };
}
