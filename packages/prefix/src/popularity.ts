import { NONE, sharedFloat64, type TraceColumns } from '@wavetune/core';
import type { PrefixForest } from './forest.ts';
import { prefixError } from './prefix-errors.ts';

/** How scores decay: by half each `halfLifeMillis` of event time. */
export interface Decay {
  readonly halfLifeMillis: number;
  /** When the score is read. */
  readonly asOfMillis: number;
}

/**
 * The popularity of every cohort: `Σ 0.5^((asOf − t) / halfLife)` over the requests through it, t their arrival. A
 * request after `asOf` weighs 1, as if it arrived then: it is not amplified.
 *
 * Cost: O(requests + cohorts), one power a request.
 *
 * @returns Scores, shape `[k]`.
 * @throws WavetuneError `prefix.bad-option` unless the half-life is positive.
 */
export function scoreCohorts(
  columns: TraceColumns,
  forest: PrefixForest,
  { halfLifeMillis, asOfMillis }: Decay,
): Float64Array {
  checkHalfLife(halfLifeMillis);
  const { offsets, blocks, timeMillis } = columns;
  const { parents, cohortOf } = forest;
  const scores = sharedFloat64(parents.length);
  for (let r = 0; r + 1 < offsets.length; r++) {
    if (offsets[r + 1] === offsets[r]) continue;
    const age = Math.max(0, asOfMillis - timeMillis[r]);
    scores[cohortOf[blocks[offsets[r + 1] - 1]]] += 2 ** (-age / halfLifeMillis);
  }
  for (let c = parents.length - 1; c >= 0; c--) {
    if (parents[c] !== NONE) scores[parents[c]] += scores[c];
  }
  return scores;
}

/**
 * One decayed score that events can still join: `Σ weight × 2^((t − landmark × halfLife) / halfLife)`, the landmark a
 * whole number of half-lives that follows the latest event.
 *
 * Forward decay (Cormode, Shkapenyuk, Srivastava, Xu: "Forward Decay", ICDE 2009). Here the landmark moves, but only by
 * whole half-lives, so that moving it multiplies by a power of two, exactly: however a stream of events is cut into
 * batches, every bit of the score is the same. Another order of events changes rounding only.
 */
export interface DecayedScore {
  readonly halfLifeMillis: number;
  /** In half-lives since the epoch of the events' time. */
  readonly landmark: number;
  readonly mass: number;
  /** Of its events, -Infinity where there is none. */
  readonly latestMillis: number;
}

/** A score without events. @throws WavetuneError `prefix.bad-option` unless the half-life is positive. */
export function emptyScore(halfLifeMillis: number): DecayedScore {
  checkHalfLife(halfLifeMillis);
  return { halfLifeMillis, landmark: 0, mass: 0, latestMillis: Number.NEGATIVE_INFINITY };
}

/** The score with one more event, of any time. @throws WavetuneError `prefix.bad-option` for a time that is not finite. */
export function addEvent(
  score: DecayedScore,
  event: { readonly timeMillis: number; readonly weight: number },
): DecayedScore {
  const { halfLifeMillis } = score;
  const { timeMillis, weight } = event;
  if (!Number.isFinite(timeMillis)) {
    throw prefixError('prefix.bad-option', {
      option: 'an event time',
      found: timeMillis,
      accepted: 'finite milliseconds',
    });
  }
  const remainder = timeMillis % halfLifeMillis;
  const landmark = Math.round((timeMillis - remainder) / halfLifeMillis);
  const mass = weight * 2 ** (remainder / halfLifeMillis);
  return mergeScores(score, { halfLifeMillis, landmark, mass, latestMillis: timeMillis });
}

/** The score of both sets of events. Associative up to rounding, commutative exactly. */
export function mergeScores(left: DecayedScore, right: DecayedScore): DecayedScore {
  if (left.halfLifeMillis !== right.halfLifeMillis) {
    throw prefixError('prefix.bad-option', {
      option: 'the half-life of a merged score',
      found: right.halfLifeMillis,
      accepted: `${left.halfLifeMillis} ms, the other's`,
    });
  }
  if (left.mass === 0) return right;
  if (right.mass === 0) return left;
  const landmark = Math.max(left.landmark, right.landmark);
  return {
    halfLifeMillis: left.halfLifeMillis,
    landmark,
    mass:
      left.mass * 2 ** (left.landmark - landmark) + right.mass * 2 ** (right.landmark - landmark),
    latestMillis: Math.max(left.latestMillis, right.latestMillis),
  };
}

/** The score as of a time; before its latest event it is what it was then, never more. */
export function readScore(score: DecayedScore, asOfMillis: number): number {
  if (score.mass === 0) return 0;
  const { halfLifeMillis, landmark, mass } = score;
  const millis = Math.max(asOfMillis, score.latestMillis);
  const remainder = millis % halfLifeMillis;
  const halfLives = Math.round((millis - remainder) / halfLifeMillis);
  return mass * 2 ** (landmark - halfLives) * 2 ** (-remainder / halfLifeMillis);
}

function checkHalfLife(halfLifeMillis: number): void {
  if (halfLifeMillis > 0 && halfLifeMillis < Number.POSITIVE_INFINITY) return;
  throw prefixError('prefix.bad-option', {
    option: 'the half-life',
    found: halfLifeMillis,
    accepted: 'a positive number of milliseconds',
  });
}
