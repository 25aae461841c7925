import { defineErrors } from '@wavetune/core';

/** What serving metrics can refuse. */
export const metricsError = defineErrors({
  'metrics.cannot-listen': (d: { readonly address: string; readonly reason: string }) =>
    `cannot listen on ${d.address}: ${d.reason}`,
});
