import type { Clock } from '@wavetune/core';
import { type EventColumns, type EventRange, eventCount } from '../events/event-columns.ts';

/** Cuts a stream into the ranges that are served at once. */
export interface Pace {
  /** The range that begins at `begin`, when its time has come; it is not empty. */
  next(columns: EventColumns, begin: number): Promise<EventRange>;
}

/** As fast as it goes: ranges of `events`, the last one shorter. */
export function fullSpeed(events: number): Pace {
  return {
    next: async (columns, begin) => ({ begin, end: Math.min(eventCount(columns), begin + events) }),
  };
}

/** Events that are due within so much are served together. */
const TICK_MILLIS = 20;
const MOST_EVENTS = 1000;

/**
 * By the clock, the trace's first event now and a second of the trace in `1 / speed` seconds.
 *
 * @param wait - Resolves after so many milliseconds; rejects when the replay is to end.
 */
export function wallClockPace(
  speed: number,
  clock: Clock,
  wait: (millis: number) => Promise<void>,
): Pace {
  let startMillis: number | undefined;
  return {
    next: async (columns, begin) => {
      startMillis ??= clock.monotonicMillis();
      const firstMillis = columns.timeMillis[0];
      const dueMillis = (i: number): number =>
        (startMillis as number) + (columns.timeMillis[i] - firstMillis) / speed;
      const waitMillis = dueMillis(begin) - clock.monotonicMillis();
      if (waitMillis > 0) await wait(waitMillis);
      const untilMillis = clock.monotonicMillis() + TICK_MILLIS;
      let end = begin + 1;
      const most = Math.min(eventCount(columns), begin + MOST_EVENTS);
      while (end < most && dueMillis(end) <= untilMillis) end++;
      return { begin, end };
    },
  };
}
