import type { ExactPrefix, Match } from '../registry/types.ts';
import { anchorError } from './anchor-errors.ts';

/** What a prediction rests on. */
export interface Overlap {
  /** What of the prompt is held exactly. */
  readonly exact: ExactPrefix;
  /** Tokens of the prompt in passages or near blocks elsewhere. */
  readonly nearTokens: number;
  readonly promptTokens: number;
}

/** The overlap that a match found: each token of the prompt counts once, and none twice as exact and near. */
export function overlapOf({ exact, advisory, promptTokens }: Match): Overlap {
  const ranges = advisory.map(({ prompt }) => prompt).sort((a, b) => a.begin - b.begin);
  let nearTokens = 0;
  let covered = exact.tokens;
  for (const { begin, end } of ranges) {
    nearTokens += Math.max(0, end - Math.max(begin, covered));
    covered = Math.max(covered, end);
  }
  return { exact, nearTokens, promptTokens };
}

/** How much of a prompt's KV an engine will reuse, as predicted and as measured. */
export interface ShareabilityReport {
  readonly outcomes: number;
  /** Mean of |predicted − measured|, as shares of the prompt; undefined before the first outcome. */
  readonly meanError: number | undefined;
  /** Mean of predicted − measured: above 0, predictions were too high. */
  readonly bias: number | undefined;
  /** The same error for predicting the exact share alone: what near overlap adds or spoils. */
  readonly exactOnlyError: number | undefined;
  /** What a near token is held to be worth of an exact one, fitted to the outcomes. */
  readonly nearWorth: number;
}

/** Predicts reuse and learns from outcomes what near overlap is worth. */
export interface Shareability {
  /** The share of the prompt's tokens whose KV will be reused, from 0 to 1; undefined for an empty prompt. */
  readonly predict: (overlap: Overlap) => number | undefined;
  /** @throws WavetuneError `anchor.bad-outcome` */
  readonly measure: (overlap: Overlap, reusedShare: number) => void;
  readonly report: () => ShareabilityReport;
}

/** Chosen: outcomes that fitting waits for; so few would say little. */
const LEAST_OUTCOMES = 20;

/**
 * `predicted = exact share + worth × near share`, the worth fitted by least squares within [0, 1] to the outcomes so far.
 *
 * It starts at 0, which an engine that reuses exact prefixes only will keep it at. Every outcome is judged by the
 * prediction that was made without it.
 */
export function createShareability(): Shareability {
  let outcomes = 0;
  let absolute = 0;
  let signed = 0;
  let exactOnly = 0;
  let nearSquares = 0;
  let nearRests = 0;
  const worth = (): number => {
    if (outcomes < LEAST_OUTCOMES || nearSquares === 0) return 0;
    return Math.min(1, Math.max(0, nearRests / nearSquares));
  };
  const predict = (overlap: Overlap): number | undefined => {
    const shares = sharesOf(overlap);
    return shares && Math.min(1, shares.exact + worth() * shares.near);
  };
  return {
    predict,
    measure: (overlap, reusedShare) => {
      if (!(reusedShare >= 0 && reusedShare <= 1)) {
        throw anchorError('anchor.bad-outcome', { found: reusedShare });
      }
      const shares = sharesOf(overlap);
      const predicted = predict(overlap);
      if (shares === undefined || predicted === undefined) return;
      outcomes++;
      absolute += Math.abs(predicted - reusedShare);
      signed += predicted - reusedShare;
      exactOnly += Math.abs(shares.exact - reusedShare);
      nearSquares += shares.near ** 2;
      nearRests += shares.near * (reusedShare - shares.exact);
    },
    report: () => {
      const mean = (sum: number): number | undefined =>
        outcomes === 0 ? undefined : sum / outcomes;
      return {
        outcomes,
        meanError: mean(absolute),
        bias: mean(signed),
        exactOnlyError: mean(exactOnly),
        nearWorth: worth(),
      };
    },
  };
}

/** Near tokens within the exact prefix are no more than exact. */
function sharesOf({ exact, nearTokens, promptTokens }: Overlap) {
  if (promptTokens === 0) return undefined;
  const exactShare = exact.tokens / promptTokens;
  return { exact: exactShare, near: Math.min(1 - exactShare, nearTokens / promptTokens) };
}
