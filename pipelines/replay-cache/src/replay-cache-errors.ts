import { defineErrors } from '@wavetune/core';

/** What this command refuses beside what its stages refuse. */
export const replayCacheError = defineErrors({
  'replay-cache.no-pins': (d: { readonly path: string }) =>
    `${d.path} pins nothing; accepted is a wavespec that was exported with --memory`,
  'replay-cache.unreadable': (d: { readonly path: string; readonly reason: string }) =>
    `cannot read ${d.path}: ${d.reason}; accepted is a wavespec.json`,
  'replay-cache.small-tier': (d: {
    readonly name: string;
    readonly size: string;
    readonly blockBytes: number;
  }) =>
    `tier ${d.name} of ${d.size} holds no block of ${d.blockBytes} bytes; accepted is room for at least one`,
  'replay-cache.nothing-to-learn': (d: { readonly requests: number }) =>
    `in the ${d.requests} requests before the measured window no block is used twice: there is nothing to learn from`,
  'replay-cache.empty-sample': (d: { readonly rate: number; readonly requests: number }) =>
    `--sample ${d.rate} of the chains holds none of the ${d.requests} measured requests; accepted is a larger --sample, 1 is exact`,
  'replay-cache.no-shards': (d: { readonly by: string }) =>
    `the trace names no ${d.by}, so there are no parts to replay by themselves; accepted is --shards hash:N`,
  'usage.bad-tiers': (d: { readonly found: string }) =>
    `"${d.found}" is no tier; accepted are name=SIZE for the first and name=SIZE@GB/s[:ms] for the others, with more than 0 GB/s`,
});
