import type { Clock } from '@wavetune/core';

/** A clock that stands. */
export function fixedClock(nowMillis: number): Clock {
  return { nowMillis: () => nowMillis, monotonicMillis: () => nowMillis };
}
