import { defineErrors, formatSize } from '@wavetune/core';

/** What this package refuses. */
export const engineError = defineErrors({
  'engine.cannot-read': (d: { readonly path: string; readonly reason: string }) =>
    `cannot read ${d.path}: ${d.reason}`,
  'engine.missing-column': (d: {
    readonly path: string;
    readonly column: string;
    readonly available: readonly string[];
  }) => `${d.path} has no column "${d.column}"; it has ${d.available.join(', ')}`,
  'engine.line-too-long': (d: {
    readonly path: string;
    readonly line: number;
    readonly limitBytes: number;
  }) => `line ${d.line} of ${d.path} is longer than ${formatSize(d.limitBytes)}`,
  'engine.cannot-write': (d: { readonly path: string; readonly reason: string }) =>
    `cannot write ${d.path}: ${d.reason}`,
  'engine.file-in-use': (d: { readonly path: string; readonly owner: string }) =>
    `${d.path} is in use by ${d.owner}; one process at a time has it`,
  'engine.not-a-database': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} is no database that this version reads: ${d.reason}`,
  'engine.out-of-memory': (d: { readonly limitBytes: number }) =>
    `the query needs more than its ${formatSize(d.limitBytes)} of memory`,
  'engine.disk-full': (d: { readonly path: string; readonly reason: string }) =>
    `no space left under ${d.path}: ${d.reason}`,
  'engine.bad-value': (d: { readonly reason: string }) =>
    `a value does not fit its type: ${d.reason}`,
  'engine.interrupted': (_: object) => 'interrupted',
  'engine.closed': (_: object) => 'the engine is closed',
  'engine.unknown-table': (d: { readonly reason: string }) => `no such table: ${d.reason}`,
  'engine.unexpected-result': (d: {
    readonly column: string;
    readonly found: string;
    readonly wanted: string;
  }) => `the engine answered ${d.found} for column "${d.column}" where the plan has ${d.wanted}`,
  'engine.query-failed': (d: { readonly reason: string }) => `the query failed: ${d.reason}`,
});
