import { defineErrors } from '@wavetune/core';

/** What this package refuses. */
export const traceError = defineErrors({
  'trace.no-file': (d: { readonly path: string }) => `there is no file ${d.path}`,
  'trace.not-a-file': (d: {
    readonly path: string;
    readonly found: 'a folder' | 'a device or a pipe';
  }) =>
    d.found === 'a folder'
      ? `${d.path} is a folder; name its files, for example "${d.path}/*.jsonl"`
      : `${d.path} is ${d.found}; accepted are files, since a log is read more than once`,
  'trace.cannot-read': (d: { readonly path: string; readonly reason: string }) =>
    `cannot read ${d.path}: ${d.reason}`,
  'trace.empty-file': (d: { readonly path: string }) => `${d.path} is empty`,
  'trace.damaged-file': (d: {
    readonly path: string;
    readonly packing: string;
    readonly reason: string;
  }) => `${d.path} begins as ${d.packing} data but does not unpack: ${d.reason}`,
  'trace.no-such-format': (d: { readonly format: string; readonly known: readonly string[] }) =>
    `there is no format "${d.format}"; known are auto, ${d.known.join(', ')}`,
  'trace.unknown-format': (d: {
    readonly path: string;
    readonly seen: string;
    readonly nearest: string | undefined;
    readonly missing: readonly string[];
    readonly known: readonly string[];
  }) =>
    `${d.path} has no known format. Seen: ${d.seen}. ` +
    (d.nearest === undefined
      ? ''
      : `Nearest is ${d.nearest}, which also needs ${d.missing.join(', ')}. `) +
    `Known are ${d.known.join(', ')}; a key log needs a column "key" or --key NAME`,
  'trace.ambiguous-format': (d: {
    readonly path: string;
    readonly seen: string;
    readonly candidates: readonly string[];
  }) =>
    `${d.path} can be read as ${d.candidates.join(' or ')}. Seen: ${d.seen}. Say which with --format`,
  'trace.mixed-formats': (d: {
    readonly path: string;
    readonly format: string;
    readonly otherPath: string;
    readonly otherFormat: string;
  }) => `${d.path} is ${d.format} but ${d.otherPath} is ${d.otherFormat}; one run reads one format`,
  'trace.wrong-layout': (d: {
    readonly path: string;
    readonly found: string;
    readonly format: string;
    readonly accepted: readonly string[];
  }) => `${d.path} is ${d.found}; ${d.format} is read from ${d.accepted.join(' or ')}`,
  'trace.missing-columns': (d: {
    readonly path: string;
    readonly format: string;
    readonly missing: readonly string[];
    readonly available: readonly string[];
  }) =>
    `${d.path} lacks ${d.missing.join(', ')}, which ${d.format} needs; it has ${d.available.join(', ') || 'no columns'}`,
  'trace.bad-option': (d: {
    readonly option: string;
    readonly found: string;
    readonly accepted: string;
  }) => `${d.option} is ${d.found}; accepted is ${d.accepted}`,
  'trace.length-only': (d: { readonly format: string; readonly paths: readonly string[] }) =>
    `${d.paths.join(', ')}: a log of ${d.format} has lengths but no block ids, keys or tokens, so it cannot say which requests share a prefix; ` +
    'no hit rate, cohort or layout follows from it. It serves batching and kernel tuning',
});
