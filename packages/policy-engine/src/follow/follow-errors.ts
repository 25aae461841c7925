import { defineErrors } from '@wavetune/core';

/** What following live events can refuse. */
export const followError = defineErrors({
  'follow.cannot-read': (d: { readonly path: string; readonly reason: string }) =>
    `cannot read events of ${d.path}: ${d.reason}`,
});
