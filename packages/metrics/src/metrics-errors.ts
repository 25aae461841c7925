import { defineErrors } from '@wavetune/core';

/** What this package refuses. */
export const metricsError = defineErrors({
  'metrics.bad-world-size': (d: { readonly found: number }) =>
    `${d.found} is no number of workers; a whole number from 1 is`,
  'metrics.missing-node': (d: { readonly path: string }) =>
    `nothing was measured at ${d.path} of the plan; every relation must be`,
  'metrics.bad-counters': (d: { readonly where: string; readonly reason: string }) =>
    `runtime counters from ${d.where} cannot be read: ${d.reason}`,
});
