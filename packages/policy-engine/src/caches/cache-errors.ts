import { defineErrors, formatCount } from '@wavetune/core';

/** What the live caches refuse. */
export const cacheError = defineErrors({
  'cache.unreachable': (d: { readonly url: string; readonly reason: string }) =>
    `Redis at ${d.url}: ${d.reason}; accepted is a server that answers, or --redis spawn for two of the command's own`,
  'cache.not-empty': (d: { readonly url: string; readonly keys: number }) =>
    `the database ${d.url} holds ${formatCount(d.keys)} keys; accepted is an empty one, since a replay would mix with what is there`,
  'cache.same-place': (d: { readonly url: string }) =>
    `both caches would lie in ${d.url}; accepted are two databases or two servers`,
  'cache.shared-server': (d: { readonly url: string }) =>
    `both caches would lie on the server of ${d.url}, and Redis limits a server's memory, not a database's; ` +
    'accepted by the wall clock are two servers (or --speed max)',
  'cache.taken': (d: { readonly url: string; readonly by: string }) =>
    `${d.by} replays on the server of ${d.url} already, or is about to; accepted is one process at a time, since each sets the server's memory`,
  'cache.no-server': (_: Record<never, never>) =>
    'no redis-server on the PATH; accepted are an installed one (make services) or the addresses of two databases',
  'cache.not-started': (d: { readonly reason: string }) =>
    `redis-server did not start: ${d.reason}`,
  'cache.refused': (d: { readonly url: string; readonly reason: string }) =>
    `Redis at ${d.url} refused a command: ${d.reason}`,
  'cache.disagrees': (d: {
    readonly url: string;
    readonly answers: number;
    readonly first: string;
  }) =>
    `Redis at ${d.url} answered ${formatCount(d.answers)} requests otherwise than the rule says, ${d.first} first; ` +
    'something else writes to or evicts from that database, so its hit ratio would mean nothing',
});
