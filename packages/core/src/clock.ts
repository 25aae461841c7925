/** Where time comes from; tests and replays hand in their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMillis(): number;
  /** Milliseconds since an arbitrary start; never goes backwards. */
  monotonicMillis(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  nowMillis: () => Date.now(),
  monotonicMillis: () => performance.now(),
};
