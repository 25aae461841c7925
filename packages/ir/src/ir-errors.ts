import { defineErrors } from '@wavetune/core';

/** What this package refuses; `path` is the JSON path of the node that was found. */
export const irError = defineErrors({
  'ir.unknown-column': (d: {
    readonly path: string;
    readonly column: string;
    readonly available: readonly string[];
  }) => `unknown column "${d.column}" at ${d.path}; the input has ${names(d.available)}`,
  'ir.duplicate-column': (d: { readonly path: string; readonly column: string }) =>
    `two columns are named "${d.column}" at ${d.path}; names must differ, also where case is ignored`,
  'ir.bad-name': (d: { readonly path: string; readonly found: string }) =>
    `${JSON.stringify(d.found)} at ${d.path} is no name; names are well-formed text, not empty, without NUL`,
  'ir.wrong-arguments': (d: {
    readonly path: string;
    readonly fn: string;
    readonly found: readonly string[];
    readonly accepted: string;
  }) => `${d.fn}(${d.found.join(', ')}) at ${d.path}; ${d.fn} accepts ${d.accepted}`,
  'ir.wrong-type': (d: {
    readonly path: string;
    readonly what: string;
    readonly found: string;
    readonly accepted: string;
  }) => `${d.what} at ${d.path} is ${d.found}; accepted is ${d.accepted}`,
  'ir.bad-literal': (d: {
    readonly path: string;
    readonly found: string;
    readonly accepted: string;
  }) => `${d.found} at ${d.path} is not a literal of type ${d.accepted}`,
  'ir.bad-node': (d: { readonly path: string; readonly reason: string }) =>
    `${d.reason} at ${d.path}`,
  'ir.too-deep': (d: { readonly limit: number }) => `the plan nests deeper than ${d.limit} nodes`,
  'ir.unknown-version': (d: { readonly found: string; readonly accepted: readonly string[] }) =>
    `the plan's schema is ${d.found}; known are ${d.accepted.join(', ')}`,
  'ir.bad-document': (d: { readonly path: string; readonly reason: string }) =>
    `not a plan document: ${d.reason} at ${d.path}`,
});

function names(columns: readonly string[]): string {
  return columns.length === 0 ? 'no columns' : columns.join(', ');
}
