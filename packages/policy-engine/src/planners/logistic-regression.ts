/** Rows of features, each with whether the thing happened. */
export interface Labelled {
  readonly features: readonly number[];
  readonly happened: boolean;
}

/** Newton's steps; a ridge of 1 keeps them short, so that few are needed. */
const STEPS = 8;
const RIDGE = 1;

/**
 * Weights of `P(happened) = 1 / (1 + exp(−w·x))` by iteratively reweighted least squares with a ridge; the same rows give
 * the same weights.
 *
 * Cost: O(rows × features²) a step.
 */
export function fitLogistic(rows: readonly Labelled[], featureCount: number): Float64Array {
  const weights = new Float64Array(featureCount);
  for (let step = 0; step < STEPS; step++) {
    const { gradient, hessian } = slopeAt(weights, rows);
    const move = solve(hessian, gradient);
    for (let i = 0; i < featureCount; i++) weights[i] += move[i];
  }
  return weights;
}

export function probabilityOf(weights: Float64Array, features: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] * features[i];
  return 1 / (1 + Math.exp(-sum));
}

function slopeAt(weights: Float64Array, rows: readonly Labelled[]) {
  const n = weights.length;
  const gradient = Float64Array.from(weights, (weight) => -RIDGE * weight);
  const hessian = Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n);
    row[i] = RIDGE;
    return row;
  });
  for (const { features, happened } of rows) {
    const probability = probabilityOf(weights, features);
    const miss = (happened ? 1 : 0) - probability;
    const sureness = probability * (1 - probability);
    for (let i = 0; i < n; i++) {
      gradient[i] += miss * features[i];
      for (let j = 0; j < n; j++) hessian[i][j] += sureness * features[i] * features[j];
    }
  }
  return { gradient, hessian };
}

/** Gauss's elimination of a symmetric positive definite system, which needs no pivots; overwrites both. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const n = right.length;
  for (let i = 0; i < n; i++) {
    for (let below = i + 1; below < n; below++) {
      const factor = matrix[below][i] / matrix[i][i];
      for (let j = i; j < n; j++) matrix[below][j] -= factor * matrix[i][j];
      right[below] -= factor * right[i];
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) right[i] -= matrix[i][j] * right[j];
    right[i] /= matrix[i][i];
  }
  return right;
}
