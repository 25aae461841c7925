import { defineErrors } from '@wavetune/core';

/** What this command refuses beside what its stages refuse. */
export const replayTunerError = defineErrors({
  'replay-tuner.nothing-to-tune': (d: {
    readonly requests: number;
    readonly measureFrom: number;
  }) =>
    `${d.requests} requests lie before the measured window (--measure-from ${d.measureFrom}); tuning and choosing need at least ${MIN_TUNED_REQUESTS}`,
});

/** Two to tune on and one to choose by. */
export const MIN_TUNED_REQUESTS = 3;
