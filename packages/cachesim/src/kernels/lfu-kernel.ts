import { NONE } from '@wavetune/core';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

interface LfuState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  /** 0 for a block that is absent. */
  readonly frequencies: Uint32Array;
  /** Neighbours among the blocks of the same frequency, oldest first. */
  readonly older: Uint32Array;
  readonly younger: Uint32Array;
  /** The oldest and the youngest block of a frequency; grown by doubling. */
  oldest: Uint32Array;
  youngest: Uint32Array;
  least: number;
  size: number;
  evictions: number;
}

/** LFU with a list a frequency: every operation is O(1), 12 bytes a block and 8 a frequency. */
export function createLfuKernel(setting: KernelSetting): ReferenceKernel {
  const { blocks, distinctBlocks, capacityBlocks } = setting;
  const state: LfuState = {
    blocks,
    capacityBlocks,
    frequencies: new Uint32Array(distinctBlocks),
    older: new Uint32Array(distinctBlocks),
    younger: new Uint32Array(distinctBlocks),
    oldest: new Uint32Array(1024).fill(NONE),
    youngest: new Uint32Array(1024).fill(NONE),
    least: 1,
    size: 0,
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: LfuState, begin: number, end: number): number {
  const { blocks, frequencies, capacityBlocks } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const frequency = frequencies[block];
    if (frequency > 0) {
      hits++;
      takeOut(state, block, frequency);
      if (frequency === state.least && state.oldest[frequency] === NONE) state.least++;
      append(state, block, frequency + 1);
      continue;
    }
    if (state.size === capacityBlocks) evict(state);
    else state.size++;
    state.least = 1;
    append(state, block, 1);
  }
  return hits;
}

function evict(state: LfuState): void {
  const victim = state.oldest[state.least];
  takeOut(state, victim, state.least);
  state.frequencies[victim] = 0;
  state.evictions++;
}

function takeOut(state: LfuState, block: number, frequency: number): void {
  const { older, younger } = state;
  const before = older[block];
  const after = younger[block];
  if (before === NONE) state.oldest[frequency] = after;
  else younger[before] = after;
  if (after === NONE) state.youngest[frequency] = before;
  else older[after] = before;
}

function append(state: LfuState, block: number, frequency: number): void {
  if (frequency === state.oldest.length) grow(state);
  const { older, younger, youngest, oldest } = state;
  const before = youngest[frequency];
  state.frequencies[block] = frequency;
  older[block] = before;
  younger[block] = NONE;
  youngest[frequency] = block;
  if (before === NONE) oldest[frequency] = block;
  else younger[before] = block;
}

function grow(state: LfuState): void {
  const { oldest, youngest } = state;
  state.oldest = new Uint32Array(2 * oldest.length).fill(NONE);
  state.youngest = new Uint32Array(2 * oldest.length).fill(NONE);
  state.oldest.set(oldest);
  state.youngest.set(youngest);
}
