import { defineErrors } from '@wavetune/core';

/** What the command line refuses. */
export const prefixIndexerError = defineErrors({
  'usage.bad-duration': (d: { readonly option: string; readonly found: string }) =>
    `--${d.option} ${d.found} is no duration; accepted are a number and ms, s, m, h, d or w, such as 7d`,
  'usage.bad-time': (d: { readonly option: string; readonly found: string }) =>
    `--${d.option} ${d.found} is no time; accepted are now, milliseconds since 1970 and ISO 8601, such as 2026-11-20T06:00:00Z`,
});
