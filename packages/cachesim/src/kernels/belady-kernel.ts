import { NONE } from '@wavetune/core';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

interface BeladyState {
  readonly next: Uint32Array;
  readonly capacityBlocks: number;
  readonly bypass: boolean;
  /** Bit t: the block referenced at t is resident and not referenced before. */
  readonly uses: Int32Array;
  /** A bit for every word of `uses` that is not zero, and so on. */
  readonly summary: Int32Array;
  readonly overview: Int32Array;
  /** No word of `overview` above this one has a bit. */
  top: number;
  size: number;
  /** Resident blocks that are not referenced again. */
  unused: number;
  evictions: number;
}

/**
 * Belady's MIN as a bitset over time with summaries of 32 and 1,024 words: a hit is one bit test, the block used farthest
 * ahead is the highest bit. No state a block.
 */
export function createBeladyKernel(setting: KernelSetting): ReferenceKernel {
  const { blocks, capacityBlocks, parameters } = setting;
  const words = (blocks.length >>> 5) + 1;
  const state: BeladyState = {
    next: setting.references().next,
    capacityBlocks,
    bypass: parameters.admission === 'bypass',
    uses: new Int32Array(words),
    summary: new Int32Array((words >>> 5) + 1),
    overview: new Int32Array((words >>> 10) + 1),
    top: 0,
    size: 0,
    unused: 0,
    evictions: 0,
  };
  return {
    evictions: () => state.evictions,
    run: (begin, end) => run(state, begin, end),
  };
}

function run(state: BeladyState, begin: number, end: number): number {
  const { next, uses, summary, overview, capacityBlocks } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const use = next[i];
    const word = uses[i >>> 5];
    const bit = 1 << (i & 31);
    if ((word & bit) !== 0) {
      hits++;
      uses[i >>> 5] = word ^ bit;
      if (word === bit) emptyWord(state, i >>> 5);
    } else if (state.size < capacityBlocks) {
      state.size++;
    } else if (!makeRoom(state, use)) {
      continue;
    }
    if (use === NONE) {
      state.unused++;
      continue;
    }
    const at = use >>> 5;
    const before = uses[at];
    uses[at] = before | (1 << (use & 31));
    if (before !== 0) continue;
    summary[at >>> 5] |= 1 << (at & 31);
    overview[at >>> 10] |= 1 << ((at >>> 5) & 31);
    if (at >>> 10 > state.top) state.top = at >>> 10;
  }
  return hits;
}

function emptyWord({ summary, overview }: BeladyState, at: number): void {
  summary[at >>> 5] &= ~(1 << (at & 31));
  if (summary[at >>> 5] === 0) overview[at >>> 10] &= ~(1 << ((at >>> 5) & 31));
}

/** False where the block used at `use` stays out. */
function makeRoom(state: BeladyState, use: number): boolean {
  const { uses, summary, overview, bypass } = state;
  if (state.unused > 0) {
    if (bypass && use === NONE) return false;
    state.unused--;
    state.evictions++;
    return true;
  }
  let top = state.top;
  while (overview[top] === 0) top--;
  state.top = top;
  const group = (top << 5) + 31 - Math.clz32(overview[top]);
  const at = (group << 5) + 31 - Math.clz32(summary[group]);
  const shift = 31 - Math.clz32(uses[at]);
  if (bypass && use >= at * 32 + shift) return false;
  uses[at] ^= 1 << shift;
  if (uses[at] === 0) emptyWord(state, at);
  state.evictions++;
  return true;
}
