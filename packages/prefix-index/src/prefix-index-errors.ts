import { defineErrors } from '@wavetune/core';

/** What the index itself refuses; the log, the stores and the service have their own. */
export const prefixIndexError = defineErrors({
  'prefix-index.bad-option': (d: {
    readonly option: string;
    readonly found: string;
    readonly accepted: string;
  }) => `${d.option} is ${d.found}; accepted is ${d.accepted}`,
});
