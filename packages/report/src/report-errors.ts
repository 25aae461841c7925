import { defineErrors } from '@wavetune/core';

/** What a run folder can get wrong. */
export const reportError = defineErrors({
  'report.no-run': (d: { readonly path: string; readonly reason: string }) =>
    `cannot read the run folder ${d.path}: ${d.reason}`,
  'report.empty-run': (d: { readonly path: string; readonly accepted: readonly string[] }) =>
    `${d.path} holds none of the documents of a run; accepted are ${d.accepted.join(', ')}`,
  'report.unreadable': (d: { readonly path: string; readonly reason: string }) =>
    `cannot read ${d.path}: ${d.reason}`,
  'report.bad-document': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path}: ${d.reason}`,
  'report.no-glyphs': (d: { readonly path: string }) =>
    `the fonts of the picture are missing: ${d.path}`,
});
