import { defineErrors } from '@wavetune/core';

/** What this package refuses. */
export const sqlError = defineErrors({
  'sql.unsupported': (d: {
    readonly dialect: string;
    readonly what: string;
    /** Of the plan's node, where it is one of a plan. */
    readonly path?: string;
  }) => `${d.dialect} has no ${d.what}${d.path === undefined ? '' : `, at ${d.path}`}`,
});
