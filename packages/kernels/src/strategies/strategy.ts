import type { TilePolicy } from '../policy.ts';
import type { TiledProblem } from '../problem.ts';

/** A rule that names a policy without measuring anything: an engine's default, or an older tool's formula. */
export interface Strategy {
  readonly name: string;
  /** Where the rule comes from. */
  readonly origin: string;
  /** The policy for a problem; it need not be feasible on every device. */
  choose(problem: TiledProblem): TilePolicy;
}

/** Experts of one rank: the engines' rules set tokens against them, whatever the top-k. */
export function expertsOf(problem: TiledProblem): number {
  return problem.kind === 'moe' ? problem.experts / problem.ep : 1;
}
