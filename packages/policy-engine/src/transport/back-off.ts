import { setTimeout as sleep } from 'node:timers/promises';

/** Pauses that grow while something keeps failing. */
export interface BackOff {
  /** Waits; ends early, without a word, when it is told to stop. */
  pause(signal: AbortSignal): Promise<void>;
  /** It worked again: the next pause is a short one. */
  reset(): void;
}

/** Chosen: a restart of a server is noticed at once, an outage costs two attempts a second at most. */
const FIRST_MILLIS = 50;
const LONGEST_MILLIS = 2000;

/** Doubling pauses, shortened at random by up to half, so that many executors do not come back at the same moment. */
export function createBackOff(random: () => number): BackOff {
  let nextMillis = FIRST_MILLIS;
  return {
    pause: async (signal) => {
      const millis = nextMillis * (0.5 + 0.5 * random());
      nextMillis = Math.min(2 * nextMillis, LONGEST_MILLIS);
      await sleep(millis, undefined, { signal }).catch(() => undefined);
    },
    reset: () => {
      nextMillis = FIRST_MILLIS;
    },
  };
}
