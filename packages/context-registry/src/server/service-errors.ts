import { defineErrors } from '@wavetune/core';

/** A place in what was sent, and what is wrong there. */
export interface RequestIssue {
  readonly at: string;
  readonly reason: string;
}

/** What the service refuses by itself; the registry and its parts have their own refusals. */
export const serviceError = defineErrors({
  'service.bad-request': (d: { readonly issues: readonly RequestIssue[] }) =>
    `nothing was done: ${d.issues.map(({ at, reason }) => `${at}: ${reason}`).join('; ')}`,
  'service.bad-encoding': (_: object) => 'nothing was done: the request is not valid UTF-8',
  'service.bad-json': (_: object) => 'nothing was done: the request is not valid JSON',
  'service.too-large': (d: { readonly limitBytes: number }) =>
    `nothing was done: a request may have ${d.limitBytes} bytes`,
  'service.unknown-tool': (d: { readonly found: string; readonly known: readonly string[] }) =>
    `there is no tool ${d.found}; there are ${d.known.join(', ')}`,
  'service.no-token': (_: object) =>
    'no valid bearer token; send "authorization: Bearer …" with the one that the service knows',
  'service.foreign-host': (_: object) =>
    'without a token the service answers only as localhost, 127.0.0.1 or [::1], and no page of another origin',
  'service.unsafe-bind': (d: { readonly host: string }) =>
    `refusing to listen on ${d.host} without a token: anyone who reaches it could read and clear every context. Give a token, or listen on 127.0.0.1`,
  'service.bad-token': (d: { readonly reason: string }) => `the token is refused: ${d.reason}`,
  'service.cannot-listen': (d: { readonly address: string; readonly reason: string }) =>
    `cannot listen on ${d.address}: ${d.reason}`,
  'service.no-snapshot': (_: object) =>
    'the service was started without a file for snapshots; start it with one',
});
