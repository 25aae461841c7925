import { defineErrors } from '@wavetune/core';

/** What this package refuses. */
export const catalogError = defineErrors({
  'catalog.unknown-name': (d: {
    readonly kind: string;
    readonly found: string;
    readonly nearest: string;
    readonly known: readonly string[];
  }) =>
    `no ${d.kind} is called "${d.found}" and no such file exists; the nearest name is ${d.nearest}, known are ${d.known.join(', ')}`,
  'catalog.unreadable-file': (d: { readonly path: string; readonly reason: string }) =>
    `cannot read ${d.path}: ${d.reason}; accepted is a JSON object in our own form, and for a model a Hugging Face config.json or its folder`,
  'catalog.invalid-file': (d: {
    readonly path: string;
    readonly kind: string;
    readonly problems: readonly string[];
  }) => `${d.path} is no ${d.kind}: ${d.problems.join('; ')}`,
  'catalog.unsupported-model': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} describes a model whose KV cache is not counted here: ${d.reason}`,
});
