import { createRng, type Rng } from '@wavetune/core';

/** What to minimise: any function on the unit box `[0, 1]^n`. */
export interface BoxSearch {
  readonly start: readonly number[];
  /** First standard deviation, in units of the box. */
  readonly spread: number;
  /** Calls of the objective, at most one generation over. */
  readonly evaluations: number;
  readonly seed: number;
}

/** The best point that was tried. */
export interface BoxMinimum {
  readonly point: readonly number[];
  readonly value: number;
  readonly evaluations: number;
}

/**
 * Covariance matrix adaptation (Hansen, "The CMA Evolution Strategy: A Tutorial", 2016, arXiv:1604.00772).
 *
 * Deviations: candidates outside the box are evaluated at its border and pay the squared distance; the step size path
 * uses the Cholesky factor's normal variates in place of C^−½.
 *
 * Cost: O(n³) a generation beside the objective. Deterministic for a seed.
 */
export function minimiseInBox(
  objective: (point: readonly number[]) => number,
  search: BoxSearch,
): BoxMinimum {
  const rng = createRng(search.seed);
  const n = search.start.length;
  const rates = learningRates(n);
  let state = firstState(search);
  let best = { point: search.start, value: objective(search.start) };
  let evaluations = 1;
  while (evaluations < search.evaluations && state.sigma > 1e-4) {
    const factor = choleskyOf(state.covariance);
    const offspring = Array.from({ length: rates.population }, () => {
      const candidate = sample(state, factor, rng);
      const value = objective(candidate.point);
      if (value < best.value) best = { point: candidate.point, value };
      return { ...candidate, fitness: value + candidate.outside };
    });
    evaluations += rates.population;
    offspring.sort((left, right) => left.fitness - right.fitness);
    state = adapt(state, rates, offspring);
  }
  return { ...best, evaluations };
}

type Matrix = readonly (readonly number[])[];

interface State {
  readonly mean: readonly number[];
  readonly sigma: number;
  readonly covariance: Matrix;
  readonly covariancePath: readonly number[];
  readonly sigmaPath: readonly number[];
  readonly generation: number;
}

interface Candidate {
  readonly point: readonly number[];
  readonly outside: number;
  /** Standard normal variates, and the step they make. */
  readonly normal: readonly number[];
  readonly step: readonly number[];
}

interface LearningRates {
  readonly population: number;
  readonly weights: readonly number[];
  readonly effective: number;
  readonly covariancePath: number;
  readonly sigmaPath: number;
  readonly rankOne: number;
  readonly rankMu: number;
  readonly damping: number;
  readonly expectedNorm: number;
}

/** The tutorial's table 1, with four candidates more than its default. */
function learningRates(n: number): LearningRates {
  const population = 8 + Math.floor(3 * Math.log(n));
  const parents = population >> 1;
  const raw = Array.from({ length: parents }, (_, i) => Math.log(parents + 0.5) - Math.log(i + 1));
  const sum = raw.reduce((left, right) => left + right, 0);
  const weights = raw.map((weight) => weight / sum);
  const effective = 1 / weights.reduce((left, weight) => left + weight * weight, 0);
  const sigmaPath = (effective + 2) / (n + effective + 5);
  const rankOne = 2 / ((n + 1.3) ** 2 + effective);
  const rankMu = Math.min(
    1 - rankOne,
    (2 * (effective - 2 + 1 / effective)) / ((n + 2) ** 2 + effective),
  );
  return {
    population,
    weights,
    effective,
    covariancePath: (4 + effective / n) / (n + 4 + (2 * effective) / n),
    sigmaPath,
    rankOne,
    rankMu,
    damping: 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (n + 1)) - 1) + sigmaPath,
    expectedNorm: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

function firstState({ start, spread }: BoxSearch): State {
  const zeros = start.map(() => 0);
  return {
    mean: start,
    sigma: spread,
    covariance: start.map((_, i) => start.map((__, j) => (i === j ? 1 : 0))),
    covariancePath: zeros,
    sigmaPath: zeros,
    generation: 0,
  };
}

function sample(state: State, factor: Matrix, rng: Rng): Candidate {
  const normal = state.mean.map(() => gaussian(rng));
  const step = factor.map((row) => row.reduce((sum, value, j) => sum + value * normal[j], 0));
  const free = state.mean.map((value, i) => value + state.sigma * step[i]);
  const point = free.map((value) => Math.min(1, Math.max(0, value)));
  const outside = free.reduce((sum, value, i) => sum + (value - point[i]) ** 2, 0);
  return { point, outside, normal, step };
}

function adapt(state: State, r: LearningRates, offspring: readonly Candidate[]): State {
  const n = state.mean.length;
  const parents = offspring.slice(0, r.weights.length);
  const weighted = (of: (c: Candidate) => readonly number[]) =>
    state.mean.map((_, i) => parents.reduce((sum, c, k) => sum + r.weights[k] * of(c)[i], 0));
  const step = weighted((c) => c.step);
  const normal = weighted((c) => c.normal);
  const sigmaGain = Math.sqrt(r.sigmaPath * (2 - r.sigmaPath) * r.effective);
  const sigmaPath = state.sigmaPath.map((p, i) => (1 - r.sigmaPath) * p + sigmaGain * normal[i]);
  const norm = Math.hypot(...sigmaPath);
  const generation = state.generation + 1;
  const correction = Math.sqrt(1 - (1 - r.sigmaPath) ** (2 * generation));
  const stalled = norm / correction / r.expectedNorm >= 1.4 + 2 / (n + 1);
  const pathGain = stalled ? 0 : Math.sqrt(r.covariancePath * (2 - r.covariancePath) * r.effective);
  const covariancePath = state.covariancePath.map(
    (p, i) => (1 - r.covariancePath) * p + pathGain * step[i],
  );
  const covariance = state.covariance.map((row, i) =>
    row.map((value, j) => {
      const rankMu = parents.reduce((sum, c, k) => sum + r.weights[k] * c.step[i] * c.step[j], 0);
      const rankOne = covariancePath[i] * covariancePath[j];
      return (1 - r.rankOne - r.rankMu) * value + r.rankOne * rankOne + r.rankMu * rankMu;
    }),
  );
  return {
    mean: state.mean.map((value, i) => value + state.sigma * step[i]),
    sigma: state.sigma * Math.exp((r.sigmaPath / r.damping) * (norm / r.expectedNorm - 1)),
    covariance,
    covariancePath,
    sigmaPath,
    generation,
  };
}

/** Lower triangle L with L Lᵀ = matrix; a pivot that rounding made negative counts as tiny. */
function choleskyOf(matrix: Matrix): Matrix {
  const n = matrix.length;
  const lower = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let value = matrix[i][j];
      for (let k = 0; k < j; k++) value -= lower[i][k] * lower[j][k];
      lower[i][j] = i === j ? Math.sqrt(Math.max(value, 1e-14)) : value / lower[j][j];
    }
  }
  return lower;
}

/** Box and Muller (1958). */
function gaussian(rng: Rng): number {
  const radius = Math.sqrt(-2 * Math.log(1 - rng.nextFloat()));
  return radius * Math.cos(2 * Math.PI * rng.nextFloat());
}
