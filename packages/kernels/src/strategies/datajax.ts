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
