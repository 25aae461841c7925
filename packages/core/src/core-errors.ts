import { defineErrors } from './errors.ts';

/** What this package refuses. */
export const coreError = defineErrors({
  'core.bad-size': (d: { readonly found: string; readonly accepted: string }) =>
    `"${d.found}" is no size; accepted is ${d.accepted}`,
  'core.not-canonical': (d: { readonly path: string; readonly found: string }) =>
    `${d.found} at ${d.path} has no canonical JSON form; accepted are null, booleans, finite numbers, bigint, text, arrays and plain objects`,
  'core.cannot-publish': (d: { readonly path: string; readonly reason: string }) =>
    `cannot write ${d.path}: ${d.reason}; the file that was there before, if any, is untouched`,
});
