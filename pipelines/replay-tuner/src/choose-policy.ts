import { type Candidate, candidatesOf, fitAgain } from './candidates.ts';
import type { Bench } from './replay-all.ts';
import { scoresOf, type Trial } from './trial.ts';
import type { TuningGround } from './tuning-ground.ts';

/** A candidate and its hit tokens on the validation slice. */
export interface ScoredCandidate {
  readonly candidate: Candidate;
  readonly hitTokens: number;
}

/** The winner on the validation slice, and the field. */
export interface PolicyChoice {
  /** Fitted to all tuned requests. */
  readonly winner: Candidate;
  /** In the order of the candidates. */
  readonly scores: readonly ScoredCandidate[];
  /** Where they were compared. */
  readonly trial: Trial;
}

/** Fits on the beginning of a trial, chooses by the hit tokens on its end; of equals the first. */
export async function choosePolicy(
  ground: TuningGround,
  trial: Trial,
  bench: Bench,
): Promise<PolicyChoice> {
  bench.session.progress.report('fitting', 0);
  const candidates = candidatesOf(trial.ground, trial.validateFrom);
  const simulations = candidates.map(({ simulation }) => simulation);
  const hitTokens = await scoresOf(trial, simulations, bench);
  const scores = candidates.map((candidate, i) => ({ candidate, hitTokens: hitTokens[i] }));
  const best = bestOf(scores);
  const fit = { ground, place: scores.indexOf(best), end: ground.tunedEnd };
  return { winner: fitAgain(best.candidate, fit), scores, trial };
}

/** The highest score; of equals the first. */
export function bestOf<T extends { readonly hitTokens: number }>(scores: readonly T[]): T {
  return scores.reduce((best, each) => (each.hitTokens > best.hitTokens ? each : best));
}
