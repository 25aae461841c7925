import { defineErrors } from '@wavetune/core';

/** What the command line refuses. */
export const pipelineError = defineErrors({
  'usage.bad-duration': (d: { readonly option: string; readonly found: string }) =>
    `--${d.option} ${d.found} is no duration; accepted are a number and ms, s or m, such as 10s, 24 days at most`,
  'usage.bad-body-limit': (d: { readonly found: string }) =>
    `--body-limit ${d.found} lets no request through; accepted is a size from 1 byte up, such as 16MiB`,
  'usage.bad-text-limit': (d: { readonly found: string }) =>
    `--max-text ${d.found} lets no text through; accepted is a size from 1 byte up, such as 4MiB`,
  'context-files.unreadable': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} cannot be read: ${d.reason}`,
  'context-files.in-use': (d: { readonly path: string; readonly owner: string }) =>
    `${d.path} is in use by ${d.owner}: stop that service, or give each one files of its own`,
  'context-files.bad-workflow': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} is no agent graph: ${d.reason}; accepted is {"steps": [["before", "after"], …]}`,
});
