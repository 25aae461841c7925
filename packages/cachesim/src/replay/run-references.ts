import type { PolicyRun } from './policy-run.ts';
import { emptyTally, type Tally } from './tally.ts';

/**
 * Replays every reference as a request of its own, in order, under free residency: a hit is a resident block, a miss makes
 * room and is placed, even where a block of the same request has to go. This is what libCacheSim does.
 *
 * Cost: nothing is allocated a reference.
 */
export function runReferences({ columns, spec, policy, set, measureFrom }: PolicyRun): Tally {
  const { offsets, blocks, coveredTokens, blockSize } = columns;
  const tally = emptyTally();
  for (let request = 0; request < offsets.length - 1; request++) {
    const begin = offsets[request];
    const end = offsets[request + 1];
    const countable = begin + (spec.hitLimit?.(columns, request) ?? end - begin);
    const evictionsBefore = set.evictions();
    let hitBlocks = 0;
    let hitTokens = 0;
    policy.onRequest?.(request);
    set.sweep(policy);
    for (let i = begin; i < end; i++) {
      const block = blocks[i];
      if (set.resident[block] === 0) {
        set.place(block, policy);
        continue;
      }
      policy.onHit(block);
      set.sweep(policy);
      if (i >= countable) continue;
      hitBlocks++;
      hitTokens +=
        i === end - 1 ? coveredTokens[request] - (end - 1 - begin) * blockSize : blockSize;
    }
    policy.onRequestEnd?.(request);
    set.sweep(policy);
    if (request < measureFrom) continue;
    tally.hitBlocks += hitBlocks;
    tally.hitTokens += hitTokens;
    tally.evictions += set.evictions() - evictionsBefore;
  }
  return tally;
}
