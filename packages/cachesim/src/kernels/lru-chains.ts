import { type TraceColumns, tokensOfPrefix } from '@wavetune/core';
import type { RequestObserver } from '../replay/policy-run.ts';
import { emptyTally, type Tally } from '../replay/tally.ts';

/** LRU over whole requests under closed residency. */
export interface LruChainsRun {
  readonly columns: TraceColumns;
  readonly capacityBlocks: number;
  readonly measureFrom: number;
  readonly observe: RequestObserver | undefined;
}

interface Window {
  readonly run: LruChainsRun;
  /** By block: 1 + its latest place in the order of touches, 0 for never. */
  readonly latest: Uint32Array;
  /** A block is resident iff its latest place, as stored, is above this. */
  tail: number;
  /** The request in which the tail lies. */
  tailRequest: number;
  size: number;
  evictions: number;
}

/**
 * LRU as a window over the touches: request r touches its blocks last to first, so block j of `[s, e)` has place
 * s + e − 1 − j. Gives what the generic frame gives, at 4 bytes a block and without a list.
 */
export function runLruChains(run: LruChainsRun): Tally {
  const { columns, measureFrom } = run;
  const { offsets, blocks } = columns;
  const tally = emptyTally();
  const latest = new Uint32Array(columns.parents.length);
  const window: Window = { run, latest, tail: 0, tailRequest: 0, size: 0, evictions: 0 };
  for (let request = 0; request < offsets.length - 1; request++) {
    const begin = offsets[request];
    const evictionsBefore = window.evictions;
    const hitEnd = hitEndOf(window, blocks, begin, offsets[request + 1]);
    touch(window, begin, touchedEnd(run, request));
    shrink(window);
    run.observe?.(request, hitEnd - begin);
    if (request < measureFrom) continue;
    tally.hitBlocks += hitEnd - begin;
    tally.hitTokens += tokensOfPrefix(columns, request, hitEnd - begin);
    tally.evictions += window.evictions - evictionsBefore;
  }
  return tally;
}

function hitEndOf(window: Window, blocks: Uint32Array, begin: number, end: number): number {
  const { latest, tail } = window;
  let at = begin;
  while (at < end && latest[blocks[at]] > tail) at++;
  return at;
}

/** Blocks of a chain beyond the capacity are not placed. */
function touchedEnd({ columns, capacityBlocks }: LruChainsRun, request: number): number {
  return Math.min(columns.offsets[request + 1], columns.offsets[request] + capacityBlocks);
}

function touch(window: Window, begin: number, end: number): void {
  const { latest, tail } = window;
  const { blocks } = window.run.columns;
  let added = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    if (latest[block] <= tail) added++;
    latest[block] = begin + end - i;
  }
  window.size += added;
}

/** Moves the tail until no more blocks than fit are inside. */
function shrink(window: Window): void {
  const { latest, run } = window;
  const { offsets, blocks } = run.columns;
  let { tail, tailRequest, size } = window;
  while (size > run.capacityBlocks) {
    const begin = offsets[tailRequest];
    const end = touchedEnd(run, tailRequest);
    if (tail < begin) tail = begin;
    for (; tail < end && size > run.capacityBlocks; tail++) {
      if (latest[blocks[begin + end - 1 - tail]] === tail + 1) size--;
    }
    if (tail === end) tailRequest++;
  }
  window.evictions += window.size - size;
  window.size = size;
  window.tail = tail;
  window.tailRequest = tailRequest;
}
