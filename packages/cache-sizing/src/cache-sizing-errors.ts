import { defineErrors } from '@wavetune/core';

/** What this package refuses. */
export const cacheSizingError = defineErrors({
  'cache-sizing.too-small': (d: {
    readonly found: string;
    readonly blockBytes: number;
    readonly model: string;
  }) =>
    `${d.found} is smaller than one block: a block of ${d.model} takes ${d.blockBytes} bytes; accepted is room for at least one`,
  'cache-sizing.no-capacity': (d: { readonly found: string }) =>
    `a cache of ${d.found} holds no block; accepted is a positive share such as 5%, a number of blocks from 1, or a size such as 40GiB`,
  'usage.bad-capacity': (d: { readonly found: string }) =>
    `"${d.found}" is no capacity; accepted is a share of the trace's distinct blocks such as 5%, a number of blocks such as 8192, or a size such as 40GiB`,
  'usage.size-needs-model': (d: { readonly found: string }) =>
    `a capacity of ${d.found} needs --model, which says what a block takes`,
});
