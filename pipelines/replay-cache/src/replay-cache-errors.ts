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
  'replay-cache.not-on-engine': (d: { readonly format: string }) =>
    `${d.format} logs cannot be replayed on an engine: a plan cannot tell their chains; accepted are u64 block ids that mean the same in every file`,
  'replay-cache.bad-rows': (d: {
    readonly bad: number;
    readonly rows: number;
    readonly maxBadRatio: number;
  }) =>
    `${d.bad} of ${d.rows} records are bad; accepted is a share of at most ${d.maxBadRatio} (--max-bad); without --engine they are quoted`,
  'replay-cache.conflicts': (d: { readonly conflicts: number; readonly references: number }) =>
    `${d.conflicts} of ${d.references} block references stand under two parents: the ids do not name prefixes`,
  'replay-cache.block-sizes': (d: { readonly least: number; readonly most: number }) =>
    `blocks are ${d.least} to ${d.most} tokens; one run has one block size`,
  'usage.bad-tiers': (d: { readonly found: string }) =>
    `"${d.found}" is no tier; accepted are name=SIZE for the first and name=SIZE@GB/s[:ms] for the others, with more than 0 GB/s`,
});
