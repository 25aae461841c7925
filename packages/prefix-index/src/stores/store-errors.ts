import { defineErrors } from '@wavetune/core';

/** What stores refuse. */
export const storeError = defineErrors({
  'index-store.unknown-url': (d: { readonly found: string }) =>
    `"${d.found}" is no store; accepted are a path that ends in .duckdb or .jsonl, memory:, and redis://host:port`,
  'index-store.missing': (d: { readonly path: string }) =>
    `there is no store ${d.path}; ingest into it first`,
  'index-store.other-settings': (d: {
    readonly url: string;
    readonly setting: string;
    readonly found: string;
    readonly accepted: string;
  }) =>
    `${d.url} was made with ${d.setting} ${d.found}, and ${d.accepted} is asked for; its numbers depend on it, so ask for the same or ingest into a new store`,
  'index-store.in-use': (d: { readonly path: string; readonly owner: string }) =>
    `${d.path} is in use by ${d.owner}; one process at a time has it: ask that one over HTTP, or stop it`,
  'index-store.damaged': (d: {
    readonly path: string;
    readonly place: string;
    readonly reason: string;
  }) =>
    `${d.path} is damaged at ${d.place}: ${d.reason}; restore it from a copy, or move it away and ingest anew`,
  'index-store.not-a-store': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} is no store of prefixes: ${d.reason}`,
  'index-store.unreachable': (d: { readonly url: string; readonly reason: string }) =>
    `cannot reach ${d.url}: ${d.reason}`,
  'index-store.unreachable-too-long': (d: { readonly url: string }) =>
    `${d.url} was read so slowly, or was out of reach so long, that changes of others were missed; start again to load them`,
});
