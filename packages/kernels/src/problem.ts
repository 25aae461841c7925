import { DTYPES, type KernelDtype } from './dtype.ts';
import { kernelsError } from './kernels-errors.ts';
import { blocksOf, type ExpertLoads, expertLoads, type Routing } from './routing.ts';

/**
 * What L2 holds when the kernel starts: `cold` in a serving step, where other layers ran in between, `warm` in a
 * benchmark that repeats one layer (weights that fit L2 stay there).
 */
export type L2State = 'cold' | 'warm';

/** `C[m, n] = A[m, k] × B[k, n]`. */
export interface DenseProblem {
  readonly kind: 'dense';
  readonly dtype: KernelDtype;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly l2: L2State;
}

/** A fused mixture-of-experts layer on one rank: two grouped multiplications, gate and up together, then down. */
export interface MoeProblem {
  readonly kind: 'moe';
  readonly dtype: KernelDtype;
  /** Tokens, before they are copied to their experts. */
  readonly m: number;
  /** Model width: K of the first multiplication, N of the second. */
  readonly hidden: number;
  /** A rank's share of an expert's width: N/2 of the first multiplication, K of the second. */
  readonly width: number;
  /** Experts of the whole layer. */
  readonly experts: number;
  /** Ranks that share the experts out; a rank's load is that of every `ep`-th expert by load. */
  readonly ep: number;
  readonly topK: number;
  readonly routing: Routing;
  readonly l2: L2State;
}

/** Attention of one step on one rank, for its bounds only. */
export interface AttentionProblem {
  readonly kind: 'attention';
  readonly phase: 'prefill' | 'decode';
  readonly dtype: KernelDtype;
  /** Query tokens of the step. */
  readonly m: number;
  /** Tokens that a query looks back on, on average. */
  readonly context: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
}

/** What tiles are chosen for. */
export type TiledProblem = DenseProblem | MoeProblem;

export type KernelProblem = TiledProblem | AttentionProblem;

/**
 * Reads a dtype's name.
 *
 * @throws WavetuneError `kernels.unknown-dtype`
 */
export function parseDtype(text: string): KernelDtype {
  const known = Object.keys(DTYPES) as KernelDtype[];
  const dtype = known.find((name) => name === text);
  if (dtype === undefined) throw kernelsError('kernels.unknown-dtype', { found: text, known });
  return dtype;
}

/**
 * Checks that every size is a positive integer and that experts divide over the ranks.
 *
 * @throws WavetuneError `kernels.bad-problem`, `kernels.indivisible`
 */
export function checkProblem<P extends KernelProblem>(problem: P): P {
  for (const [field, value] of Object.entries(problem)) {
    if (typeof value !== 'number' || (Number.isSafeInteger(value) && value > 0)) continue;
    throw kernelsError('kernels.bad-problem', {
      field,
      found: value,
      accepted: 'a positive integer',
    });
  }
  if (problem.kind === 'moe') {
    const { experts, ep, topK } = problem;
    if (topK > experts) {
      throw kernelsError('kernels.bad-problem', {
        field: 'topK',
        found: topK,
        accepted: `at most the ${experts} experts`,
      });
    }
    if (experts % ep !== 0) {
      throw kernelsError('kernels.indivisible', {
        what: 'experts',
        size: experts,
        by: 'ep',
        parts: ep,
      });
    }
  }
  return problem;
}

/** True where both are one kernel's work, whatever L2 holds before: a timing counts for either. */
export function sameShape(left: TiledProblem, right: TiledProblem): boolean {
  const shapeOf = (problem: TiledProblem) =>
    problem.kind === 'dense'
      ? [problem.dtype, problem.m, problem.n, problem.k]
      : [
          ...[problem.dtype, problem.m, problem.hidden, problem.width, problem.experts],
          ...[problem.ep, problem.topK, JSON.stringify(problem.routing)],
        ];
  const theirs = shapeOf(right);
  return left.kind === right.kind && shapeOf(left).every((value, i) => value === theirs[i]);
}

/** The loads of one rank's experts, busiest first; with `ep` 1 those of all. */
export function rankLoads(problem: MoeProblem): ExpertLoads {
  const { m, topK, experts, ep, routing } = problem;
  const all = expertLoads({ tokens: m, topK, experts, routing });
  const mine = ep === 1 ? all : all.filter((_, expert) => expert % ep === 0);
  return mine;
}

/** Row blocks of each block height that a policy may name, memoised over the powers of two. */
export function rowBlocksBy(loads: ExpertLoads): (blockM: number) => number {
  const known = new Map<number, number>();
  return (blockM) => {
    const blocks = known.get(blockM) ?? blocksOf(loads, blockM);
    known.set(blockM, blocks);
    return blocks;
  };
}
