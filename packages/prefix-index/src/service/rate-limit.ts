import type { Clock } from '@wavetune/core';
import { serviceError } from './service-errors.ts';

/** Requests by caller: a token bucket each, full at first. */
export interface RateLimit {
  /** @throws WavetuneError `service.rate-limited`: nothing was taken. */
  readonly take: (caller: string, cost: number) => void;
}

/** Chosen: what reads every row takes about so many plain questions' time. */
export const WHOLE_INDEX_COST = 50;

interface Bucket {
  left: number;
  atMillis: number;
}

/** @param perSecond - What flows in; a caller that was silent may take as much at once. */
export function createRateLimit(perSecond: number, clock: Clock): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take: (caller, cost) => {
      const nowMillis = clock.monotonicMillis();
      const { left, atMillis } = buckets.get(caller) ?? { left: perSecond, atMillis: nowMillis };
      const filled = Math.min(perSecond, left + ((nowMillis - atMillis) / 1000) * perSecond);
      const needed = Math.min(cost, perSecond);
      if (filled < needed) {
        const retryAfterMillis = Math.ceil(((needed - filled) / perSecond) * 1000);
        throw serviceError('service.rate-limited', { retryAfterMillis });
      }
      buckets.set(caller, { left: filled - needed, atMillis: nowMillis });
    },
  };
}
