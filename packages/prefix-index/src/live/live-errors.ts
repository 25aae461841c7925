import { defineErrors, formatSize } from '@wavetune/core';

/** What the live index refuses. */
export const liveError = defineErrors({
  'live-index.busy': (d: { readonly queuedBytes: number; readonly retryAfterMillis: number }) =>
    `${formatSize(d.queuedBytes)} of batches wait to become durable, or for the index; send this one again in ${d.retryAfterMillis} ms`,
  'live-index.closed': (_: object) => 'the index is closed',
});
