import type { Device } from './device.ts';
import { DTYPES, type KernelDtype } from './dtype.ts';
import { isFeasible } from './feasibility.ts';
import { ALIGNED_ELEMENTS } from './gemm-geometry.ts';
import type { TilePolicy } from './policy.ts';
import type { TiledProblem } from './problem.ts';

const BLOCK_M = [16, 32, 64, 128, 256] as const;
const BLOCK_N = [16, 32, 64, 128, 256] as const;
const BLOCK_K = [32, 64, 128, 256] as const;
const GROUP_M = [1, 2, 4, 8, 16, 32, 64] as const;
const STAGES = [2, 3, 4, 5, 6] as const;
const WARPS = [4, 8] as const;

/** K that one scale covers in block-scaled formats. */
const SCALE_BLOCK = 128;
const LEAST_ROW_BYTES = 64;

/** Policies that differ in GROUP_M alone, which changes nothing but the order of tiles. */
export interface PolicyFamily {
  readonly policy: TilePolicy;
  readonly groups: readonly number[];
}

/**
 * The policies that are searched for `problem`, pruned to what `device` can run: at most 1,000 families of 7, ascending by
 * BM, BN, BK, stages, warps.
 *
 * Where K (of either multiplication) is no multiple of 16, copies cannot be vectorised and large tiles spill: only the
 * two small tiles that win there are left.
 */
export function legalFamilies(device: Device, problem: TiledProblem): readonly PolicyFamily[] {
  const { dtype } = problem;
  if (!isAligned(problem)) return smallFamilies(device, dtype);
  const families: PolicyFamily[] = [];
  for (const blockM of BLOCK_M) {
    for (const blockN of BLOCK_N) {
      for (const blockK of BLOCK_K) {
        if (!fitsDtype(dtype, blockK)) continue;
        for (const stages of STAGES) {
          for (const warps of WARPS) {
            const policy = { blockM, blockN, blockK, groupM: 1, stages, warps, splitK: 1 };
            if (isFeasible(device, dtype, policy)) families.push({ policy, groups: GROUP_M });
          }
        }
      }
    }
  }
  return families;
}

/**
 * Block-scaled kernels load one scale a step, and engines make a step one block of K. Rows under 64 bytes a step are left
 * out: in 2,129 of 2,211 measured pairs of FP8, BK 32 was the slower side.
 */
function fitsDtype(dtype: KernelDtype, blockK: number): boolean {
  const { blockScaled, activationBytes } = DTYPES[dtype];
  return (!blockScaled || blockK === SCALE_BLOCK) && blockK * activationBytes >= LEAST_ROW_BYTES;
}

/** True where rows start on 16-element boundaries in every multiplication of the problem. */
export function isAligned(problem: TiledProblem): boolean {
  const depths = problem.kind === 'dense' ? [problem.k] : [problem.hidden, problem.width];
  return depths.every((k) => k % ALIGNED_ELEMENTS === 0);
}

/** 16 × 32 × 64 and 64 × 64 × 32 with 4 warps: the measured winners of unaligned shapes. */
function smallFamilies(device: Device, dtype: KernelDtype): readonly PolicyFamily[] {
  const tiles = [
    { blockM: 16, blockN: 32, blockK: 64 },
    { blockM: 64, blockN: 64, blockK: 32 },
  ];
  return tiles
    .map((tile) => ({ ...tile, groupM: 1, stages: 3, warps: 4, splitK: 1 }))
    .filter((policy) => isFeasible(device, dtype, policy))
    .map((policy) => ({ policy, groups: GROUP_M }));
}
