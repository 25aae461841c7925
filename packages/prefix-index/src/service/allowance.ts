import type { Clock } from '@wavetune/core';

/** Time that may be spent. */
export interface Allowance {
  readonly isSpent: () => boolean;
  readonly spend: (millis: number) => void;
}

export interface AllowanceTerms {
  /** Of the time. */
  readonly share: number;
  /** What may be spent at once, and what may be owed. */
  readonly burstMillis: number;
}

/** A token bucket, full at first. */
export function createAllowance(clock: Clock, { share, burstMillis }: AllowanceTerms): Allowance {
  let leftMillis = burstMillis;
  let atMillis = clock.monotonicMillis();
  const flowIn = (): void => {
    const nowMillis = clock.monotonicMillis();
    leftMillis = Math.min(burstMillis, leftMillis + share * (nowMillis - atMillis));
    atMillis = nowMillis;
  };
  return {
    isSpent: () => {
      flowIn();
      return leftMillis <= 0;
    },
    spend: (millis) => {
      flowIn();
      leftMillis = Math.max(-burstMillis, leftMillis - millis);
    },
  };
}
