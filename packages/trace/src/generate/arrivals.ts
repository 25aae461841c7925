import type { Rng } from '@wavetune/core';
import { drawExponential } from './distributions.ts';

/** When sessions begin. */
export interface ArrivalOptions {
  readonly sessionsPerSecond: number;
  /** Share by which the rate swings about its mean over a day, from 0 (even) to 1 (nothing at night). */
  readonly diurnalAmplitude: number;
}

const DAY_MILLIS = 86_400_000;

/**
 * The arrival after `afterMillis`: a Poisson process whose rate is a sine of the time of day, by thinning (Lewis and
 * Shedler, 1979). The trace begins on the rising edge, at the mean rate.
 */
export function nextArrivalMillis(rng: Rng, options: ArrivalOptions, afterMillis: number): number {
  const peak = 1 + options.diurnalAmplitude;
  const meanGapMillis = 1000 / (options.sessionsPerSecond * peak);
  let timeMillis = afterMillis;
  for (;;) {
    timeMillis += drawExponential(rng, meanGapMillis);
    if (options.diurnalAmplitude === 0) return timeMillis;
    const phase = (2 * Math.PI * timeMillis) / DAY_MILLIS;
    if (rng.nextFloat() * peak < 1 + options.diurnalAmplitude * Math.sin(phase)) return timeMillis;
  }
}
