import { defineErrors } from '@wavetune/core';

/** What this package refuses. */
export const sqlError = defineErrors({
  'sql.unsupported': (d: { readonly dialect: string; readonly what: string }) =>
    `${d.dialect} has no ${d.what}`,
});
