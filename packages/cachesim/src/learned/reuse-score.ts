import { type ReuseEpisodes, widthsOf } from './reuse-episodes.ts';
import { levelOf, REUSE_FEATURES } from './reuse-features.ts';

/** Log of the rate of reuse a millisecond, as a sum: `intercept` and a weight for the level of each feature. */
export interface ReuseScore {
  readonly intercept: number;
  /** Shape `[features × 16]`. */
  readonly weights: readonly Float64Array[];
}

export interface ScoreOptions {
  /** Waits are looked at up to this age. */
  readonly horizonMillis: number;
  /** Touches of average rate that every level is mixed with. */
  readonly priorTouches: number;
}

/** Chosen: further sweeps change no replay of the conversation trace. */
const SWEEPS = 15;
const STEP = 0.7;
const LEVELS = 16;

/**
 * Fits a log-linear rate of reuse (Poisson regression on touches over time at risk) by scaling one feature's levels at a
 * time to their observed touches, as in iterative proportional fitting, damped.
 *
 * Blocks of a chain wait and return together, so a run of them weighs as one: thirty blocks of one conversation are one
 * observation.
 */
export function fitScore(episodes: ReuseEpisodes, options: ScoreOptions): ReuseScore {
  const { touches, riskMillis } = exposureOf(episodes, options.horizonMillis);
  const average = sum(touches) / sum(riskMillis);
  const intercept = average > 0 ? Math.log(average) : 0;
  const weights = REUSE_FEATURES.map(() => new Float64Array(LEVELS));
  const expected = riskMillis.map((millis) => millis * Math.exp(intercept));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    weights.forEach((levels, feature) => {
      scaleLevels({ codes: episodes.codes, touches, expected, levels, feature }, options);
    });
  }
  return { intercept, weights };
}

interface Scaling {
  readonly codes: Uint32Array;
  readonly touches: Float64Array;
  /** Touches that the score of now expects; shape `[m]`. */
  readonly expected: Float64Array;
  readonly levels: Float64Array;
  readonly feature: number;
}

/** Moves each level's weight towards where the touches it expects are those observed, and `expected` with it. */
function scaleLevels(
  { codes, touches, expected, levels, feature }: Scaling,
  { priorTouches }: ScoreOptions,
): void {
  const observed = new Float64Array(LEVELS).fill(priorTouches);
  const foreseen = new Float64Array(LEVELS).fill(priorTouches);
  for (let row = 0; row < codes.length; row++) {
    const level = levelOf(codes[row], feature);
    observed[level] += touches[row];
    foreseen[level] += expected[row];
  }
  const factors = observed.map((count, level) => (count / foreseen[level]) ** STEP);
  for (let level = 0; level < LEVELS; level++) levels[level] += Math.log(factors[level]);
  for (let row = 0; row < codes.length; row++) {
    expected[row] *= factors[levelOf(codes[row], feature)];
  }
}

/** The score of a code. */
export function scoreOf(score: ReuseScore, code: number): number {
  let total = score.intercept;
  for (let f = 0; f < score.weights.length; f++) total += score.weights[f][levelOf(code, f)];
  return total;
}

/** Touches within the horizon and time at risk, in runs, by code. */
function exposureOf(episodes: ReuseEpisodes, horizonMillis: number) {
  const { ageMillis, touched, cut, runs } = episodes;
  const widths = widthsOf(ageMillis);
  const ages = ageMillis.length;
  const touches = new Float64Array(runs.length);
  const riskMillis = new Float64Array(runs.length);
  for (let row = 0; row < runs.length; row++) {
    let atRisk = 0;
    for (let k = row * ages; k < (row + 1) * ages; k++) atRisk += touched[k] + cut[k];
    const runsPerBlock = runs[row] / atRisk;
    for (let k = 0; k < ages && (k === 0 || ageMillis[k] < horizonMillis); k++) {
      const gone = touched[row * ages + k] + cut[row * ages + k];
      touches[row] += runsPerBlock * touched[row * ages + k];
      riskMillis[row] += runsPerBlock * widths[k] * (atRisk - gone / 2);
      atRisk -= gone;
    }
  }
  return { touches, riskMillis };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
