import { defineErrors } from '@wavetune/core';

export const anchorError = defineErrors({
  'anchor.bad-offset': (d: { readonly reason: string }) => `the offsets are refused: ${d.reason}`,
  'anchor.bad-rotation': (d: { readonly reason: string }) => `nothing was rotated: ${d.reason}`,
  'anchor.bad-outcome': (d: { readonly found: unknown }) =>
    `found an outcome of ${String(d.found)}; accepted is the share of blocks that were hit, from 0 to 1`,
});
