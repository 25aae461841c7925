import { defineErrors } from '@wavetune/core';

/** What a shard's rows, or a partial result, can have wrong. */
export const shardsError = defineErrors({
  'shards.bad-row': (d: { readonly row: number; readonly reason: string }) =>
    `row ${d.row}: ${d.reason}; accepted are shard, time_ms, input_tokens, output_tokens and ids, separated by tabs`,
  'shards.out-of-order': (d: { readonly row: number; readonly reason: string }) =>
    `row ${d.row}: ${d.reason}; accepted are shards one after the other, each in order of time`,
  'shards.too-large': (d: { readonly row: number; readonly references: number }) =>
    `row ${d.row}: its shard has more than ${d.references} block references; accepted is at most that, from more shards`,
  'shards.bad-message': (d: { readonly what: string; readonly reason: string }) =>
    `${d.what} cannot be read: ${d.reason}; accepted is what this release of the project writes`,
});
