import { samePolicy, type TilePolicy } from './policy.ts';

/** One problem decided twice, from two samples of the traffic; both costs are of the first sample. */
export interface DecidedTwice {
  readonly weight: number;
  readonly own: TilePolicy;
  readonly other: TilePolicy;
  readonly ownSeconds: number;
  readonly otherSeconds: number;
}

/** How much a decision depends on the sample that it was made from. */
export interface Stability {
  /** Share of the problems whose policy differs; `undefined` of none. */
  readonly changedShare: number | undefined;
  /** Weighted time under the other sample's policies over that under its own, less one; `undefined` of none. */
  readonly crossCost: number | undefined;
}

/** Compares the decisions problem by problem. */
export function stabilityOf(problems: readonly DecidedTwice[]): Stability {
  if (problems.length === 0) return { changedShare: undefined, crossCost: undefined };
  const changed = problems.filter((problem) => !samePolicy(problem.own, problem.other)).length;
  const own = problems.reduce((sum, problem) => sum + problem.weight * problem.ownSeconds, 0);
  const other = problems.reduce((sum, problem) => sum + problem.weight * problem.otherSeconds, 0);
  return {
    changedShare: changed / problems.length,
    crossCost: own === 0 ? undefined : other / own - 1,
  };
}
