import { tokensOfPrefix } from '@wavetune/core';
import { type PolicyRun, residentPrefixEnd } from './policy-run.ts';
import { emptyTally, type Tally } from './tally.ts';

/**
 * Replays whole requests under closed residency: the hit prefix is counted, then the missing blocks are placed from the
 * first to the last until one finds no room; no block of the request leaves meanwhile.
 *
 * Cost: nothing is allocated a request.
 */
export function runClosed(run: PolicyRun): Tally {
  const { columns, spec, policy, set, measureFrom } = run;
  const { offsets, blocks } = columns;
  const tally = emptyTally();
  const leafFirst = spec.touch === 'last-to-first';
  for (let request = 0; request < offsets.length - 1; request++) {
    const begin = offsets[request];
    const end = offsets[request + 1];
    const evictionsBefore = set.evictions();
    policy.onRequest?.(request);
    set.sweep(policy);
    const hitEnd = residentPrefixEnd(run, begin, end);
    for (let i = begin; i < end; i++) set.hold(blocks[i]);
    if (leafFirst) for (let i = hitEnd - 1; i >= begin; i--) policy.onHit(blocks[i]);
    else for (let i = begin; i < hitEnd; i++) policy.onHit(blocks[i]);
    set.sweep(policy);
    let placedEnd = hitEnd;
    while (placedEnd < end && set.place(blocks[placedEnd], policy)) placedEnd++;
    if (policy.onSettle !== undefined) {
      for (let i = placedEnd - 1; i >= begin; i--) policy.onSettle(blocks[i]);
    }
    for (let i = end - 1; i >= begin; i--) set.letGo(blocks[i], policy);
    policy.onRequestEnd?.(request);
    set.sweep(policy);
    const hit = Math.min(hitEnd - begin, spec.hitLimit?.(columns, request) ?? hitEnd - begin);
    run.observe?.(request, hit);
    if (request < measureFrom) continue;
    tally.hitBlocks += hit;
    tally.hitTokens += tokensOfPrefix(columns, request, hit);
    tally.evictions += set.evictions() - evictionsBefore;
  }
  return tally;
}
