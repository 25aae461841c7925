import { DTYPES } from '../dtype.ts';
import type { TilePolicy } from '../policy.ts';
import type { MoeProblem } from '../problem.ts';
import { denseBlockScaled } from './dense-block-scaled.ts';
import { expertsOf, type Strategy } from './strategy.ts';

/** Tokens an expert beyond which 16 row blocks share a sweep. */
const CROWDED_TOKENS = 128;

/** vLLM's rule since February 2026: larger tiles by M, deeper K for FP8. */
export const vllm: Strategy = {
  name: 'vllm',
  origin: 'vLLM fused MoE default since 2026-02; dense block FP8 as in its w8a8 kernels',
  choose: (problem) => (problem.kind === 'moe' ? fusedMoe(problem) : denseBlockScaled(2)),
};

function fusedMoe(problem: MoeProblem): TilePolicy {
  const { m, dtype } = problem;
  const { format, blockScaled } = DTYPES[dtype];
  if (blockScaled) {
    const blockM = m <= 64 ? 16 : 64;
    const groupM = m <= 16 ? 1 : 32;
    return { blockM, blockN: 128, blockK: 128, groupM, stages: 3, warps: 4, splitK: 1 };
  }
  return {
    blockM: m <= 32 ? 16 : m <= 96 ? 32 : m <= 512 ? 64 : 128,
    blockN: m <= 64 ? 64 : 128,
    blockK: format === 'fp8' || m <= 64 ? 128 : 64,
    groupM: m / expertsOf(problem) > CROWDED_TOKENS ? 16 : 1,
    stages: m <= 32 ? 4 : 3,
    warps: m <= 128 ? 4 : 8,
    splitK: 1,
  };
}
