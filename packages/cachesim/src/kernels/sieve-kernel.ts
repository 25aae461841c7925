import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

const ABSENT = 0;
const FRESH = 1;
const VISITED = 2;

interface SieveState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  readonly states: Uint8Array;
  /** `[0, kept)` was passed by the hand in this round, `[hand, young)` was not; oldest first. */
  readonly log: Uint32Array;
  kept: number;
  hand: number;
  young: number;
  size: number;
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
    young: 0,
    size: 0,
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

/** One function with its state in local variables: they are read at every miss. */
function run(state: SieveState, begin: number, end: number): number {
  const { blocks, states, log, capacityBlocks } = state;
  let { kept, hand, young, size } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    if (states[block] !== ABSENT) {
      states[block] = VISITED;
      hits++;
      continue;
    }
    if (size < capacityBlocks) {
      size++;
    } else {
      let victim = log[hand++];
      while (states[victim] === VISITED) {
        states[victim] = FRESH;
        log[kept++] = victim;
        if (hand === young) {
          young = kept;
          hand = 0;
          kept = 0;
        }
        victim = log[hand++];
      }
      states[victim] = ABSENT;
      if (hand === young) {
        young = kept;
        hand = 0;
        kept = 0;
      }
    }
    if (young === log.length) {
      log.copyWithin(kept, hand, young);
      young -= hand - kept;
      hand = kept;
    }
    log[young++] = block;
    states[block] = FRESH;
  }
  state.evictions += end - begin - hits - (size - state.size);
  Object.assign(state, { kept, hand, young, size });
  return hits;
}
