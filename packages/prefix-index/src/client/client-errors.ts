import { defineErrors } from '@wavetune/core';

/** What a client learns too late to answer with: it goes to `onFailure`, and out of `refresh`. */
export const clientError = defineErrors({
  'hint-client.unreachable': (d: { readonly url: string; readonly reason: string }) =>
    `cannot reach ${d.url}: ${d.reason}; the last hints stand`,
  'hint-client.refused': (d: {
    readonly url: string;
    readonly status: number;
    readonly code: string;
    readonly message: string;
  }) => `${d.url} answered ${d.status} (${d.code}): ${d.message}`,
  'hint-client.unreadable': (d: { readonly url: string; readonly reason: string }) =>
    `${d.url} did not answer with hints: ${d.reason}`,
  'hint-client.outbox-full': (d: { readonly most: number }) =>
    `${d.most} feedbacks wait for the service; the oldest were dropped`,
});
