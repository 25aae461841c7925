import { defineErrors } from '@wavetune/core';

/** What a comparison refuses. */
export const comparisonError = defineErrors({
  'comparison.too-few-requests': (d: { readonly requests: number; readonly from: number }) =>
    `${d.requests} requests are left after the first ${100 * d.from} %; accepted are at least 2, over which an interval can be drawn`,
});
