import { numberOf } from '../policies/policy.ts';
import { append, createLazyLog, type LazyLog, leave, popOldest, refresh } from './lazy-log.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

const ABSENT = 0;

interface SlruState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  /** Most blocks of a segment. */
  readonly limit: number;
  readonly trims: boolean;
  /** 0 absent, else 1 and the segment. */
  readonly homes: Uint8Array;
  readonly segments: readonly LazyLog[];
  size: number;
  evictions: number;
}

/** Segmented LRU over lazy logs: a byte and a place a block. */
export function createSlruKernel(setting: KernelSetting): ReferenceKernel {
  const { blocks, distinctBlocks, capacityBlocks, parameters } = setting;
  const shared = { homes: new Uint8Array(distinctBlocks), places: new Uint32Array(distinctBlocks) };
  const count = Math.min(numberOf(parameters, 'segments'), capacityBlocks);
  const limit = Math.floor(capacityBlocks / count);
  const state: SlruState = {
    blocks,
    capacityBlocks,
    limit,
    trims: parameters.form === 'libcachesim',
    homes: shared.homes,
    segments: Array.from({ length: count }, (_, at) =>
      createLazyLog(at + 1, limit + count + 1, shared),
    ),
    size: 0,
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: SlruState, begin: number, end: number): number {
  const { blocks, homes, segments, capacityBlocks } = state;
  const highest = segments.length;
  const lowest = segments[0];
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const home = homes[block];
    if (home === highest) {
      hits++;
      refresh(segments[highest - 1], block);
    } else if (home !== ABSENT) {
      hits++;
      leave(segments[home - 1]);
      append(segments[home], block);
      handDown(state, home);
    } else {
      if (state.size === capacityBlocks) evict(state);
      state.size++;
      append(lowest.size < state.limit ? lowest : lowestWithRoom(state), block);
    }
  }
  return hits;
}

/** Each segment from `from` down gives its eldest to the one below while it is too full. */
function handDown(state: SlruState, from: number): void {
  const { segments, limit } = state;
  for (let at = from; at > 0 && segments[at].size > limit; at--) {
    append(segments[at - 1], popOldest(segments[at]));
    if (at > 1 || !state.trims) continue;
    while (segments[0].size > limit) evict(state);
  }
}

function lowestWithRoom({ segments, limit }: SlruState): LazyLog {
  for (const segment of segments) if (segment.size < limit) return segment;
  return segments[0];
}

function evict(state: SlruState): void {
  for (const segment of state.segments) {
    if (segment.size === 0) continue;
    state.homes[popOldest(segment)] = ABSENT;
    state.size--;
    state.evictions++;
    return;
  }
}
