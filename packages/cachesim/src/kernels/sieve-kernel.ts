import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

const ABSENT = 0;
const FRESH = 1;
const VISITED = 2;

interface SieveState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  readonly states: Uint8Array;
  /** `[0, kept)` was passed by the hand in this round, `[hand, end)` was not; oldest first. */
  readonly log: Uint32Array;
  kept: number;
  hand: number;
  end: number;
  evictions: number;
}

/**
 * SIEVE as a byte a block and a log: what the hand spares moves down to the part that it has passed, so the log has no holes
 * but the gap under the hand, and one round of the hand compacts it.
 */
export function createSieveKernel(setting: KernelSetting): ReferenceKernel {
  const { blocks, distinctBlocks, capacityBlocks } = setting;
  const state: SieveState = {
    blocks,
    capacityBlocks,
    states: new Uint8Array(distinctBlocks),
    log: new Uint32Array(2 * Math.min(capacityBlocks, distinctBlocks) + 64),
    kept: 0,
    hand: 0,
    end: 0,
    evictions: 0,
  };
  return {
    evictions: () => state.evictions,
    run: (begin, end) => run(state, begin, end),
  };
}

function run(state: SieveState, begin: number, end: number): number {
  const { blocks, states, log, capacityBlocks } = state;
  let size = state.kept + state.end - state.hand;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    if (states[block] !== ABSENT) {
      hits++;
      states[block] = VISITED;
      continue;
    }
    if (size === capacityBlocks) evict(state);
    else size++;
    if (state.end === log.length) closeGap(state);
    log[state.end++] = block;
    states[block] = FRESH;
  }
  return hits;
}

function evict(state: SieveState): void {
  const { log, states } = state;
  let { hand, kept, end } = state;
  if (hand === end) {
    end = kept;
    hand = 0;
    kept = 0;
  }
  let victim = log[hand++];
  while (states[victim] === VISITED) {
    states[victim] = FRESH;
    log[kept++] = victim;
    if (hand === end) {
      end = kept;
      hand = 0;
      kept = 0;
    }
    victim = log[hand++];
  }
  states[victim] = ABSENT;
  if (hand === end) {
    end = kept;
    hand = 0;
    kept = 0;
  }
  state.hand = hand;
  state.kept = kept;
  state.end = end;
  state.evictions++;
}

function closeGap(state: SieveState): void {
  state.log.copyWithin(state.kept, state.hand, state.end);
  state.end -= state.hand - state.kept;
  state.hand = state.kept;
}
