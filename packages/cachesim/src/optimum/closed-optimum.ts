import { NONE, shapeOf, type TraceColumns, tokensOfPrefix } from '@wavetune/core';
import type { RequestObserver } from '../replay/policy-run.ts';
import { emptyTally, type Tally } from '../replay/tally.ts';
import type { ReferenceIndex } from '../trace-index/next-use.ts';
import { createLeavesByNextUse, type LeavesByNextUse } from './leaves-by-next-use.ts';

/** Where an optimum is computed. */
export interface OptimumRun {
  readonly columns: TraceColumns;
  readonly references: ReferenceIndex;
  readonly capacityBlocks: number;
  /** First request that is counted. */
  readonly measureFrom: number;
  readonly observe?: RequestObserver | undefined;
}

interface ClosedCache {
  readonly run: OptimumRun;
  readonly leaves: LeavesByNextUse;
  readonly resident: Uint8Array;
  /** Resident children of a block; shape `[d]`. */
  readonly children: Uint32Array;
  size: number;
  evictions: number;
}

/**
 * Belady's MIN for prefix caches (Belady 1966; Mattson et al. 1970), with knowledge of the future: a bound, not a policy.
 *
 * The resident set is closed under "parent of". A missing block takes the place of the leaf whose next use is farthest,
 * blocks of the running request excepted; where its own next use is no sooner, it and the rest of its chain stay out
 * (bypass). Under continuous hits it bounds free residency as well: a block whose parent is out cannot hit.
 *
 * The bound is on hit blocks from request 0 on. Over a window that begins later it is what this cache hits there: one that
 * gave up hits before the window could have more inside.
 *
 * Two leaves cannot be used next by one request, for one would lie above the other, so the choice is unique but among
 * leaves that are never used again, where it does not matter.
 *
 * Cost: O(1) word operations a reference; 1/8 byte a reference and 13 bytes a distinct block.
 */
export function closedOptimum(run: OptimumRun): Tally {
  const { columns, measureFrom } = run;
  const { offsets, blocks } = columns;
  const cache = createCache(run);
  const tally = emptyTally();
  for (let request = 0; request < offsets.length - 1; request++) {
    const begin = offsets[request];
    const end = offsets[request + 1];
    const evictionsBefore = cache.evictions;
    let hitEnd = begin;
    while (hitEnd < end && cache.resident[blocks[hitEnd]] === 1) hitEnd++;
    if (hitEnd > begin) cache.leaves.remove(blocks[hitEnd - 1]);
    const placedEnd = place(cache, hitEnd, end);
    renewUses(cache, begin, placedEnd);
    run.observe?.(request, hitEnd - begin);
    if (request < measureFrom) continue;
    tally.hitBlocks += hitEnd - begin;
    tally.hitTokens += tokensOfPrefix(columns, request, hitEnd - begin);
    tally.evictions += cache.evictions - evictionsBefore;
  }
  return tally;
}

function createCache(run: OptimumRun): ClosedCache {
  const { distinctBlocks, references } = shapeOf(run.columns);
  return {
    run,
    leaves: createLeavesByNextUse(run.columns.blocks, distinctBlocks, references),
    resident: new Uint8Array(distinctBlocks),
    children: new Uint32Array(distinctBlocks),
    size: 0,
    evictions: 0,
  };
}

/** Places references from `begin` on; where it stopped. */
function place(cache: ClosedCache, begin: number, end: number): number {
  const { columns, references, capacityBlocks } = cache.run;
  const { blocks, parents } = columns;
  for (let i = begin; i < end; i++) {
    if (cache.size === capacityBlocks) {
      if (!cache.leaves.isSoonerThanFarthest(references.next[i])) return i;
      evictFarthest(cache, parents[blocks[i]]);
    }
    cache.resident[blocks[i]] = 1;
    cache.size++;
    if (parents[blocks[i]] !== NONE) cache.children[parents[blocks[i]]]++;
  }
  return end;
}

/** `running` is the deepest resident block of the running request: the only one that may have lost its last child. */
function evictFarthest(cache: ClosedCache, running: number): void {
  const { parents } = cache.run.columns;
  const victim = cache.leaves.takeFarthest();
  cache.resident[victim] = 0;
  cache.size--;
  cache.evictions++;
  const parent = parents[victim];
  if (parent === NONE || --cache.children[parent] > 0 || parent === running) return;
  cache.leaves.add(parent);
}

function renewUses(cache: ClosedCache, begin: number, placedEnd: number): void {
  const { columns, references } = cache.run;
  for (let i = begin; i < placedEnd; i++) {
    cache.leaves.setNextUse(columns.blocks[i], references.next[i]);
  }
  if (placedEnd === begin) return;
  const deepest = columns.blocks[placedEnd - 1];
  if (cache.children[deepest] === 0) cache.leaves.add(deepest);
}
