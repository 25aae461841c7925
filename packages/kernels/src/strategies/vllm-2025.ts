import { DTYPES } from '../dtype.ts';
import type { TilePolicy } from '../policy.ts';
import type { TiledProblem } from '../problem.ts';
import { denseBlockScaled } from './dense-block-scaled.ts';
import { expertsOf, type Strategy } from './strategy.ts';

/** vLLM's rule before: small tiles throughout. */
export const vllm2025: Strategy = {
  name: 'vllm-2025',
  origin: 'vLLM fused MoE default until 2026-02',
  choose: (problem) => (problem.kind === 'moe' ? smallTiles(problem) : denseBlockScaled(2)),
};

/** Tokens at most the experts: 16/32/64 alone; above: 64/64/32 in groups of 8; block-scaled FP8: one tile for all. */
export function smallTiles(problem: TiledProblem): TilePolicy {
  if (DTYPES[problem.dtype].blockScaled) return denseBlockScaled(3);
  return problem.m <= expertsOf(problem)
    ? { blockM: 16, blockN: 32, blockK: 64, groupM: 1, stages: 3, warps: 4, splitK: 1 }
    : { blockM: 64, blockN: 64, blockK: 32, groupM: 8, stages: 3, warps: 4, splitK: 1 };
}
