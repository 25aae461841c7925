import { defineErrors } from '@wavetune/core';

/** What the index itself refuses; the log, the stores and the service have their own. */
export const prefixIndexError = defineErrors({
  'prefix-index.bad-option': (d: {
    readonly option: string;
    readonly found: string;
    readonly accepted: string;
  }) => `${d.option} is ${d.found}; accepted is ${d.accepted}`,
  'prefix-index.too-many-bad': (d: {
    readonly path: string;
    readonly bad: number;
    readonly events: number;
    readonly maxBadRatio: number;
    readonly example: string;
  }) =>
    `${d.bad} of ${d.bad + d.events} records in ${d.path} are bad; accepted is a share of at most ${d.maxBadRatio}${d.example}`,
  'prefix-index.no-events': (d: { readonly path: string }) => `${d.path} holds no event`,
});
