import { defineErrors } from '@wavetune/core';

/** What the generator refuses. */
export const generateError = defineErrors({
  'generate.bad-option': (d: {
    readonly option: string;
    readonly found: unknown;
    readonly accepted: string;
  }) => `${d.option} is ${String(d.found)}; accepted is ${d.accepted}`,
});
