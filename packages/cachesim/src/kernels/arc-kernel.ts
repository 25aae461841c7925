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
const ONCE = 1;
const OFTEN = 2;
const ONCE_GHOST = 3;
const OFTEN_GHOST = 4;

interface ArcState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  readonly stamps: Int32Array;
  readonly once: LazyLog;
  readonly often: LazyLog;
  readonly onceGhost: LazyLog;
  readonly oftenGhost: LazyLog;
  /** Wanted size of T1. */
  target: number;
  evictions: number;
}

/** ARC over lazy logs: a stamp a block. */
export function createArcKernel(setting: KernelSetting): ReferenceKernel | undefined {
  const { blocks, distinctBlocks, capacityBlocks } = setting;
  if (distinctBlocks > MOST_LAZY_BLOCKS) return undefined;
  const stamps = new Int32Array(distinctBlocks);
  const state: ArcState = {
    blocks,
    capacityBlocks,
    stamps,
    once: createLazyLog(ONCE, capacityBlocks, stamps),
    often: createLazyLog(OFTEN, capacityBlocks, stamps),
    onceGhost: createLazyLog(ONCE_GHOST, capacityBlocks + 1, stamps),
    oftenGhost: createLazyLog(OFTEN_GHOST, 2 * capacityBlocks, stamps),
    target: 0,
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: ArcState, begin: number, end: number): number {
  const { blocks, stamps, once, often } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const home = homeOf(stamps[block]);
    if (home === OFTEN) {
      hits++;
      refresh(often, block);
    } else if (home === ONCE) {
      hits++;
      leave(once);
      append(often, block);
    } else {
      miss(state, block, home);
    }
  }
  return hits;
}

function miss(state: ArcState, block: number, home: number): void {
  const { stamps, once, often, capacityBlocks } = state;
  const isFull = once.size + often.size === capacityBlocks;
  if (home === ABSENT) {
    if (isFull) makeRoomForNew(state);
    append(once, block);
    return;
  }
  adapt(state, home);
  stamps[block] = 0;
  if (isFull) replace(state, home === OFTEN_GHOST);
  append(often, block);
}

function adapt(state: ArcState, home: number): void {
  const { onceGhost, oftenGhost, capacityBlocks } = state;
  if (home === ONCE_GHOST) {
    const step = Math.max(oftenGhost.size / onceGhost.size, 1);
    state.target = Math.min(state.target + step, capacityBlocks);
    leave(onceGhost);
  } else {
    const step = Math.max(onceGhost.size / oftenGhost.size, 1);
    state.target = Math.max(state.target - step, 0);
    leave(oftenGhost);
  }
}

function makeRoomForNew(state: ArcState): void {
  const { once, often, onceGhost, oftenGhost, capacityBlocks } = state;
  if (once.size + onceGhost.size >= capacityBlocks) {
    if (onceGhost.size === 0) {
      dropOldest(once);
      state.evictions++;
      return;
    }
    dropOldest(onceGhost);
  } else if (once.size + often.size + onceGhost.size + oftenGhost.size >= 2 * capacityBlocks) {
    dropOldest(oftenGhost);
  }
  replace(state, false);
}

/** The paper's REPLACE. */
function replace(state: ArcState, fromOftenGhost: boolean): void {
  const { once, often, target } = state;
  const isOnce =
    often.size === 0 ||
    (once.size > 0 && (once.size > target || (once.size === target && fromOftenGhost)));
  if (isOnce) append(state.onceGhost, popOldest(once));
  else append(state.oftenGhost, popOldest(often));
  state.evictions++;
}
