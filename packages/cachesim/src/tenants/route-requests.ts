import { NONE, shapeOf, type TraceColumns } from '@wavetune/core';

/**
 * How requests find one of k replicas. `round-robin` in turn. `session-sticky` a session stays where its first request
 * went, in turn; a request without a session is its own. `prefix-aware` to the replica that has seen the longest part of
 * its chain, of equals the one with the fewest input tokens so far; replicas with over 1.25 times the mean are passed over.
 */
export type Routing = 'round-robin' | 'session-sticky' | 'prefix-aware';

export const ROUTINGS: readonly Routing[] = ['round-robin', 'session-sticky', 'prefix-aware'];

/** Chosen: loose enough for stickiness, tight enough that no replica starves. */
const MOST_OVER_MEAN = 1.25;

/** Replica of each request, below `replicas`; shape `[requests]`. */
export function routeRequests(
  columns: TraceColumns,
  routing: Routing,
  replicas: number,
): Uint32Array {
  if (routing === 'prefix-aware') return routeByPrefix(columns, replicas);
  const { requests } = shapeOf(columns);
  const homes = new Map<number, number>();
  let turn = 0;
  return new Uint32Array(requests).map((_, r) => {
    const session = columns.sessions[r];
    if (routing === 'round-robin' || session === NONE) return turn++ % replicas;
    const home = homes.get(session) ?? turn++ % replicas;
    homes.set(session, home);
    return home;
  });
}

function routeByPrefix(columns: TraceColumns, replicas: number): Uint32Array {
  const { offsets, blocks, inputTokens } = columns;
  const { requests, distinctBlocks } = shapeOf(columns);
  const seen = Array.from({ length: replicas }, () => new Uint8Array(distinctBlocks));
  const load = new Float64Array(replicas);
  let total = 0;
  return new Uint32Array(requests).map((_, r) => {
    let best = 0;
    let longest = -1;
    for (let replica = 0; replica < replicas; replica++) {
      if (load[replica] * replicas > MOST_OVER_MEAN * total) continue;
      let end = offsets[r];
      while (end < offsets[r + 1] && seen[replica][blocks[end]] === 1) end++;
      if (end > longest || (end === longest && load[replica] < load[best])) {
        longest = end;
        best = replica;
      }
    }
    for (let i = offsets[r]; i < offsets[r + 1]; i++) seen[best][blocks[i]] = 1;
    load[best] += inputTokens[r];
    total += inputTokens[r];
    return best;
  });
}
