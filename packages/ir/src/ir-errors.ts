import { defineErrors } from '@wavetune/core';

/** What this package refuses; `path` is the JSON path of the node that was found. */
export const irError = defineErrors({
  'ir.unknown-column': (d: {
    readonly path: string;
    readonly column: string;
    readonly available: readonly string[];
  }) =>
    `unknown column "${d.column}" at ${d.path}; the input has ${listed(d.available, 'no columns')}`,
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
  'ir.bad-trace': (d: { readonly path: string; readonly reason: string }) =>
    `not a datajax trace: ${d.reason} at ${d.path}`,
  'ir.unknown-step': (d: Unknown) =>
    `unknown step ${d.found} at ${d.path}; accepted are ${d.accepted.join(', ')}`,
  'ir.unknown-operator': (d: Unknown) =>
    `unknown operator ${d.found} at ${d.path}; accepted are ${d.accepted.join(', ')}`,
  'ir.bad-suffixes': (d: { readonly path: string; readonly found: string }) =>
    `the suffixes at ${d.path} are ${d.found}; accepted are two texts that keep the columns of both sides apart`,
  'ir.unbound-table': (d: {
    readonly path: string;
    readonly tag: string;
    readonly bound: readonly string[];
  }) => `no table is bound to "${d.tag}" at ${d.path}; bound are ${listed(d.bound, 'no tables')}`,
  'ir.not-expressible': (d: { readonly path: string; readonly reason: string }) =>
    `a datajax trace cannot say what stands at ${d.path}: ${d.reason}`,
  'ir.bad-document': (d: { readonly path: string; readonly reason: string }) =>
    `not a plan document: ${d.reason} at ${d.path}`,
});

interface Unknown {
  readonly path: string;
  readonly found: string;
  readonly accepted: readonly string[];
}

function listed(names: readonly string[], none: string): string {
  return names.length === 0 ? none : names.join(', ');
}
