import {
  addToSketch,
  createFrequencySketch,
  estimate,
  type FrequencySketch,
} from '../policies/frequency-sketch.ts';
import { numberOf } from '../policies/policy.ts';
import {
  append,
  createLazyLog,
  dropOldest,
  homeOf,
  type LazyLog,
  leave,
  MOST_LAZY_BLOCKS,
  peekOldest,
  popOldest,
  refresh,
} from './lazy-log.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

const WINDOW = 1;
const PROBATION = 2;
const PROTECTED = 3;

interface TinyLfuState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  readonly windowLimit: number;
  readonly protectedLimit: number;
  readonly stamps: Int32Array;
  readonly sketch: FrequencySketch;
  readonly window: LazyLog;
  readonly probation: LazyLog;
  readonly guarded: LazyLog;
  size: number;
  evictions: number;
}

/** W-TinyLFU over lazy logs: a stamp a block, and the sketch. */
export function createWTinyLfuKernel(setting: KernelSetting): ReferenceKernel | undefined {
  const { blocks, distinctBlocks, capacityBlocks, parameters } = setting;
  if (distinctBlocks > MOST_LAZY_BLOCKS) return undefined;
  const stamps = new Int32Array(distinctBlocks);
  const wanted = Math.floor(capacityBlocks * numberOf(parameters, 'windowRatio'));
  const windowLimit = Math.max(1, wanted);
  const mainBlocks = capacityBlocks - windowLimit;
  const state: TinyLfuState = {
    blocks,
    capacityBlocks,
    windowLimit,
    protectedLimit: Math.floor(mainBlocks * numberOf(parameters, 'protectedRatio')),
    stamps,
    sketch: createFrequencySketch(Math.min(capacityBlocks, distinctBlocks), distinctBlocks),
    window: createLazyLog(WINDOW, windowLimit + 1, stamps),
    probation: createLazyLog(PROBATION, capacityBlocks, stamps),
    guarded: createLazyLog(PROTECTED, capacityBlocks, stamps),
    size: 0,
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: TinyLfuState, begin: number, end: number): number {
  const { blocks, stamps, sketch, window, guarded } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const home = homeOf(stamps[block]);
    addToSketch(sketch, block);
    if (home === PROTECTED) {
      hits++;
      refresh(guarded, block);
    } else if (home === PROBATION) {
      hits++;
      protect(state, block);
    } else if (home === WINDOW) {
      hits++;
      refresh(window, block);
    } else {
      place(state, block);
    }
  }
  return hits;
}

function protect(state: TinyLfuState, block: number): void {
  const { probation, guarded } = state;
  leave(probation);
  append(guarded, block);
  while (guarded.size > state.protectedLimit) append(probation, popOldest(guarded));
}

function place(state: TinyLfuState, block: number): void {
  const { window, probation, windowLimit } = state;
  if (state.size === state.capacityBlocks) evict(state);
  else state.size++;
  append(window, block);
  while (window.size > windowLimit) append(probation, popOldest(window));
}

function evict(state: TinyLfuState): void {
  const { window, probation, guarded, sketch } = state;
  const main = probation.size > 0 ? probation : guarded;
  state.evictions++;
  if (main.size === 0) {
    dropOldest(window);
    return;
  }
  if (window.size < state.windowLimit) {
    dropOldest(main);
    return;
  }
  if (estimate(sketch, peekOldest(window)) <= estimate(sketch, peekOldest(main))) {
    dropOldest(window);
    return;
  }
  dropOldest(main);
  append(probation, popOldest(window));
}
