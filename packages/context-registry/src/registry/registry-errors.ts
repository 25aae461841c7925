import { defineErrors } from '@wavetune/core';

/** What the registry refuses; after every one of these but `index-failed` it is as it was before the call. */
export const registryError = defineErrors({
  'registry.bad-key': (d: { readonly field: string; readonly found: unknown }) =>
    `${d.field} of an owner is ${JSON.stringify(d.found)}; accepted is text of 1 to 512 characters`,
  'registry.duplicate-key': (d: { readonly label: string; readonly indexes: readonly number[] }) =>
    `${d.label} is registered twice in one call, at ${d.indexes.join(' and ')}; a key stands for one context`,
  'registry.unknown-owner': (d: { readonly label: string; readonly known: number }) =>
    `${d.label} owns nothing here; the registry holds ${d.known} contexts`,
  'registry.no-shared-scope': (d: { readonly label: string }) =>
    `${d.label} owns nothing in the scope (LoRA adapter, cache salt) of the prompt: their KV blocks are never shared`,
  'registry.wrong-model': (d: { readonly found: string; readonly model: string }) =>
    `the context is for model ${d.found}, this registry for ${d.model}: their KV blocks are never interchangeable`,
  'registry.bad-token': (d: {
    readonly index: number;
    readonly found: unknown;
    readonly limit: number;
  }) => `token ${d.index} is ${String(d.found)}; a token id here is an integer in [0, ${d.limit})`,
  'registry.too-many-tokens': (d: { readonly tokens: number; readonly limit: number }) =>
    `the context has ${d.tokens} tokens; at most ${d.limit} are accepted in one`,
  'registry.no-tokenizer': () =>
    'the registry was made without a tokenizer, so it accepts token ids only, not text',
  'registry.cleared-since': (d: { readonly found: number; readonly generation: number }) =>
    `the registration began in generation ${d.found} and the registry, cleared since, is in ${d.generation}`,
  'registry.index-failed': (d: { readonly index: string; readonly reason: string }) =>
    `the index ${d.index} failed while it applied a change (${d.reason}): that change stands everywhere else, ${d.index} may be out of step, and nothing more is changed; make the registry anew`,
  'registry.bad-option': (d: {
    readonly option: string;
    readonly found: unknown;
    readonly accepted: string;
  }) => `${d.option} is ${String(d.found)}; accepted is ${d.accepted}`,
});
