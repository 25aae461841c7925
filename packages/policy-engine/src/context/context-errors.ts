import { defineErrors } from '@wavetune/core';

/** What aggregating and triggers refuse. */
export const contextError = defineErrors({
  'context.token-budget': (d: { readonly tokens: number; readonly least: number }) =>
    `a context cannot keep within ${d.tokens} tokens; the least is ${d.least}`,
});
