import { defineErrors } from '@wavetune/core';

/** What the way of plans can refuse. */
export const transportError = defineErrors({
  'transport.bad-url': (d: { readonly url: string; readonly reason: string }) =>
    `${d.url} names no place for plans: ${d.reason}; accepted are redis-stream://host:port/db/stream and kafka://host:port/topic`,
  'transport.unreachable': (d: { readonly place: string; readonly reason: string }) =>
    `${d.place} is out of reach: ${d.reason}`,
});
