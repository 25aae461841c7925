import { numberOf } from '../policies/policy.ts';
import {
  append,
  createLazyLog,
  dropOldest,
  homeOf,
  type LazyLog,
  leave,
  MOST_LAZY_BLOCKS,
  popOldest,
  refresh,
} from './lazy-log.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

const ABSENT = 0;

interface SlruState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  /** Most blocks of a segment. */
  readonly limit: number;
  readonly trims: boolean;
  readonly stamps: Int32Array;
  /** Their homes are 1 and their number. */
  readonly segments: readonly LazyLog[];
  size: number;
  evictions: number;
}

/** Segmented LRU over lazy logs: a stamp a block. */
export function createSlruKernel(setting: KernelSetting): ReferenceKernel | undefined {
  const { blocks, distinctBlocks, capacityBlocks, parameters } = setting;
  if (distinctBlocks > MOST_LAZY_BLOCKS) return undefined;
  const stamps = new Int32Array(distinctBlocks);
  const count = Math.min(numberOf(parameters, 'segments'), capacityBlocks);
  const limit = Math.floor(capacityBlocks / count);
  const state: SlruState = {
    blocks,
    capacityBlocks,
    limit,
    trims: parameters.form === 'libcachesim',
    stamps,
    segments: Array.from({ length: count }, (_, at) =>
      createLazyLog(at + 1, limit + count + 1, stamps),
    ),
    size: 0,
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: SlruState, begin: number, end: number): number {
  const { blocks, stamps, segments, capacityBlocks } = state;
  const highest = segments.length;
  const lowest = segments[0];
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const home = homeOf(stamps[block]);
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
  for (let at = 0; at < segments.length; at++) {
    if (segments[at].size < limit) return segments[at];
  }
  return segments[0];
}

function evict(state: SlruState): void {
  const { segments } = state;
  let at = 0;
  while (segments[at].size === 0) at++;
  dropOldest(segments[at]);
  state.size--;
  state.evictions++;
}
