import type { Rng } from '@wavetune/core';

/** Draws ranks `0 … count − 1`, rank r with a probability proportional to `1 / (r + 1)^exponent`. */
export interface Zipf {
  draw(rng: Rng): number;
}

/** Cost: one table of `count` doubles; a draw is one binary search. `exponent` 0 is uniform. */
export function createZipf(count: number, exponent: number): Zipf {
  const cumulative = new Float64Array(count);
  let total = 0;
  for (let rank = 0; rank < count; rank++) {
    total += (rank + 1) ** -exponent;
    cumulative[rank] = total;
  }
  return {
    draw(rng) {
      const target = rng.nextFloat() * total;
      let low = 0;
      let high = count - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (cumulative[middle] > target) high = middle;
        else low = middle + 1;
      }
      return low;
    },
  };
}

/** A log-normal distribution by its median and the standard deviation of the logarithm, cut off at `max`. */
export interface LogNormal {
  readonly median: number;
  readonly sigma: number;
  readonly max: number;
}

/** At least 0. */
export function drawLogNormal(rng: Rng, shape: LogNormal): number {
  return Math.min(shape.max, shape.median * Math.exp(shape.sigma * drawNormal(rng)));
}

/** A whole number of tokens, at least 1. */
export function drawTokens(rng: Rng, shape: LogNormal): number {
  return Math.max(1, Math.round(drawLogNormal(rng, shape)));
}

/** Waiting time of a Poisson process, in the unit of `mean`. */
export function drawExponential(rng: Rng, mean: number): number {
  return -mean * Math.log(1 - rng.nextFloat());
}

/** Tries up to and with the first success, at least 1, with the given mean (≥ 1). */
export function drawGeometric(rng: Rng, mean: number): number {
  if (mean <= 1) return 1;
  return 1 + Math.floor(Math.log(1 - rng.nextFloat()) / Math.log(1 - 1 / mean));
}

/** Box and Muller, 1958; one of the pair is thrown away, so that every draw takes as many numbers. */
function drawNormal(rng: Rng): number {
  const radius = Math.sqrt(-2 * Math.log(1 - rng.nextFloat()));
  return radius * Math.cos(2 * Math.PI * rng.nextFloat());
}
