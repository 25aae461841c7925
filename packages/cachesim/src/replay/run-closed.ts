import { tokensOfPrefix } from '@wavetune/core';
import { type PolicyRun, residentPrefixEnd } from './policy-run.ts';
import { emptyTally, type Tally } from './tally.ts';

/**
 * Replays whole requests under closed residency: the hit prefix is counted, then the missing blocks are placed from the
 * first to the last until one finds no room; no block of the request leaves meanwhile.
 *
 * Only the deepest of its resident blocks has to be held, for each of the others has a child that is resident.
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
    if (hitEnd > begin) set.hold(blocks[hitEnd - 1]);
    if (leafFirst) for (let i = hitEnd - 1; i >= begin; i--) policy.onHit(blocks[i]);
    else for (let i = begin; i < hitEnd; i++) policy.onHit(blocks[i]);
    set.sweep(policy);
    const placedEnd = place(run, { begin, hitEnd, end });
    if (policy.onSettle !== undefined) {
      for (let i = placedEnd - 1; i >= begin; i--) policy.onSettle(blocks[i]);
    }
    if (placedEnd > begin) set.letGo(blocks[placedEnd - 1], policy);
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

/** A chain's references, those before `hitEnd` resident. */
interface ChainPart {
  readonly begin: number;
  readonly hitEnd: number;
  readonly end: number;
}

/** Places the references of a chain that missed until one finds no room; where it stopped. The last one placed is held. */
function place({ columns, set, policy }: PolicyRun, { begin, hitEnd, end }: ChainPart): number {
  const { blocks } = columns;
  for (let i = hitEnd; i < end; i++) {
    set.hold(blocks[i]);
    if (!set.place(blocks[i], policy)) {
      set.letGo(blocks[i], policy);
      return i;
    }
    if (i > begin) set.letGo(blocks[i - 1], policy);
  }
  return end;
}
