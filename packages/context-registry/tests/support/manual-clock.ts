import type { Clock } from '@wavetune/core';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  readonly advance: (millis: number) => void;
}

export function manualClock(): ManualClock {
  let nowMillis = 1_000_000;
  return {
    nowMillis: () => nowMillis,
    monotonicMillis: () => nowMillis,
    advance: (millis) => {
      nowMillis += millis;
    },
  };
}
