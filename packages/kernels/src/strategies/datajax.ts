import type { TilePolicy } from '../policy.ts';
import type { Strategy } from './strategy.ts';

/** datajax's figures of a plan: expected occupancy and predicted reuse, both in [0, 1], and its transform steps. */
export interface DatajaxFigures {
  readonly occupancy: number;
  readonly reuse: number;
  readonly transforms: number;
}

/** datajax's formula, bit for bit. It interpolates sizes, so most are no powers of two and cannot be compiled. */
export function datajaxPolicy({ occupancy, reuse, transforms }: DatajaxFigures): TilePolicy {
  const side = Math.trunc(64 + 192 * occupancy);
  return {
    blockM: side,
    blockN: side,
    blockK: Math.trunc(16 + (112 * (occupancy + reuse)) / 2),
    groupM: reuse >= 0.5 ? 64 : 32,
    stages: Math.min(6, Math.max(1, Math.floor(transforms / 2) + 1)),
    warps: 4,
    splitK: 1,
  };
}

/** datajax's figures of a plan, as its metrics hold them. */
export interface DatajaxPlanFigures {
  readonly occupancy: number | null;
  readonly reuse: number | null;
  readonly transforms: number;
  readonly shuffleBytes: number | null;
  readonly notes: readonly string[];
}

/** A policy as datajax prints it. */
export interface DatajaxStagedPolicy {
  readonly BM: number;
  readonly BN: number;
  readonly BK: number;
  readonly swizzle_size: number;
  readonly stage_depth: number;
  readonly notes: readonly string[];
}

/** What datajax suggests for a plan; figures that are absent or zero count as one half and one quarter there. */
export function datajaxStagedPolicy(figures: DatajaxPlanFigures): DatajaxStagedPolicy {
  const { occupancy, reuse, transforms, shuffleBytes, notes } = figures;
  const policy = datajaxPolicy({
    occupancy: shareOf(occupancy || 0.5),
    reuse: shareOf(reuse || 0.25),
    transforms,
  });
  return {
    BM: policy.blockM,
    BN: policy.blockN,
    BK: policy.blockK,
    swizzle_size: policy.groupM,
    stage_depth: policy.stages,
    notes: shuffleBytes ? [...notes, `shuffle_bytes≈${shuffleBytes}`] : notes,
  };
}

function shareOf(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/**
 * datajax's rule, its figures read off a multiplication: nothing is shuffled, so occupancy is 1; of the two operands'
 * uses (A for every column, B for every row) the larger share is the reuse; every multiplication is a transform.
 */
export const datajax: Strategy = {
  name: 'datajax',
  origin: 'datajax, sizes interpolated from occupancy and reuse',
  choose: (problem) => {
    const n = problem.kind === 'dense' ? problem.n : 2 * problem.width;
    return datajaxPolicy({
      occupancy: 1,
      reuse: Math.max(problem.m, n) / (problem.m + n),
      transforms: problem.kind === 'dense' ? 1 : 2,
    });
  },
};
