import { tokensOfPrefix } from '@wavetune/core';
import { type PolicyRun, residentPrefixEnd } from './policy-run.ts';
import { emptyTally, type Tally } from './tally.ts';

/**
 * Replays requests under free residency with continuous hits: the hit prefix is counted, then the blocks are requested one
 * by one in the policy's order. Any block may leave, the running request's too.
 *
 * Cost: nothing is allocated a request.
 */
export function runFree(run: PolicyRun): Tally {
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
    const prefix = residentPrefixEnd(run, begin, end) - begin;
    if (leafFirst) for (let i = end - 1; i >= begin; i--) requestBlock(run, blocks[i]);
    else for (let i = begin; i < end; i++) requestBlock(run, blocks[i]);
    policy.onRequestEnd?.(request);
    set.sweep(policy);
    const hit = Math.min(prefix, spec.hitLimit?.(columns, request) ?? prefix);
    run.observe?.(request, hit);
    if (request < measureFrom) continue;
    tally.hitBlocks += hit;
    tally.hitTokens += tokensOfPrefix(columns, request, hit);
    tally.evictions += set.evictions() - evictionsBefore;
  }
  return tally;
}

function requestBlock({ set, policy }: PolicyRun, block: number): void {
  if (set.resident[block] === 0) {
    set.place(block, policy);
    return;
  }
  policy.onHit(block);
  set.sweep(policy);
}
