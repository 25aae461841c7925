import { defineErrors } from '@wavetune/core';

/** What the block and key hashers refuse. */
export const hashError = defineErrors({
  'hash.bad-token': (d: { readonly index: number; readonly found: unknown }) =>
    `token ${d.index} is ${String(d.found)}; a token id is an integer in [0, 2^32)`,
  'hash.short-output': (d: { readonly words: number; readonly needed: number }) =>
    `the output holds ${d.words} words; ${d.needed} are needed, two a hash`,
  'hash.bad-block-size': (d: { readonly found: number }) =>
    `block size ${d.found}; accepted is an integer from 1 to 65536 tokens`,
});
