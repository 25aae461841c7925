import { defineErrors, formatSize } from '@wavetune/core';

/** A place in what was sent, and what is wrong there. */
export interface RequestIssue {
  /** `events[3].bytes` */
  readonly at: string;
  readonly reason: string;
}

/** What the service refuses by itself; the index below has its own refusals. */
export const serviceError = defineErrors({
  'service.no-token': (_: object) =>
    'no valid bearer token; send "authorization: Bearer …" with one that the service knows',
  'service.forbidden': (d: { readonly caller: string; readonly action: string }) =>
    `token ${d.caller} does not include "${d.action}"`,
  'service.foreign-tenant': (d: { readonly caller: string }) =>
    `token ${d.caller} does not cover a tenant that was named; nothing was done`,
  'service.foreign-host': (_: object) =>
    'without tokens the service answers only as localhost, 127.0.0.1 or [::1]',
  'service.bad-request': (d: { readonly issues: readonly RequestIssue[] }) =>
    `nothing was done: ${d.issues.map(({ at, reason }) => `${at}: ${reason}`).join('; ')}`,
  'http.invalid-json-body': (_: object) => 'nothing was done: the body is no JSON in UTF-8',
  'service.ambiguous-prefix': (d: {
    readonly keys: readonly { readonly tenant: string; readonly model_id: string }[];
  }) =>
    `several entries have this prefix_id; add tenant and model_id: ${d.keys.map((key) => `${key.tenant} ${key.model_id}`).join(', ')}`,
  'service.rate-limited': (d: { readonly retryAfterMillis: number }) =>
    `too many requests; the next is welcome in ${d.retryAfterMillis} ms`,
  'service.busy': (d: { readonly pendingBytes: number; readonly retryAfterMillis: number }) =>
    `${formatSize(d.pendingBytes)} of requests are under way; send this one again in ${d.retryAfterMillis} ms`,
  'service.too-many-watchers': (d: { readonly most: number }) =>
    `${d.most} streams are open, which is as many as the service keeps; close one`,
  'service.starting': (_: object) => 'the index is being read; try again in a moment',
  'service.index-lost': (_: object) =>
    'the thread of the index has ended by itself; the service has to be started again',
  'service.stopping': (_: object) => 'the service is stopping; nothing was done',
  'service.unsafe-bind': (d: { readonly host: string }) =>
    `refusing to listen on ${d.host} without tokens: anyone who reaches it could read and write every tenant's prefixes. Give a token file, or listen on 127.0.0.1`,
  'service.cannot-listen': (d: { readonly address: string; readonly reason: string }) =>
    `cannot listen on ${d.address}: ${d.reason}`,
  'service.bad-token-file': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} is no token file: ${d.reason}`,
});
