import { numberOf } from '../policies/policy.ts';
import {
  append,
  createLazyLog,
  type LazyLog,
  leave,
  MOST_LAZY_BLOCKS,
  popOldest,
} from './lazy-log.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

/** A block's byte: home in the low bits, hits above. */
const ABSENT = 0;
const GHOST = 1;
const SMALL = 2;
const MAIN = 3;
const HOME_MASK = 3;
const HIT = 4;

interface S3State {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  readonly smallLimit: number;
  readonly mainLimit: number;
  readonly ghostLimit: number;
  readonly promoteAt: number;
  /** Hits that are told apart. */
  readonly mostHits: number;
  readonly spills: boolean;
  readonly states: Uint8Array;
  readonly small: Ring;
  readonly main: Ring;
  readonly ghost: LazyLog;
  evictions: number;
}

interface Ring {
  readonly slots: Uint32Array;
  readonly mask: number;
  begin: number;
  end: number;
}

/** S3-FIFO over two rings and a lazy log of ghosts: a byte and a stamp a block. */
export function createS3FifoKernel(setting: KernelSetting): ReferenceKernel | undefined {
  const { blocks, distinctBlocks, capacityBlocks, parameters } = setting;
  const promoteAt = numberOf(parameters, 'promoteAt');
  const mostHits = Math.max(3, promoteAt);
  if (mostHits > 63 || distinctBlocks > MOST_LAZY_BLOCKS) return undefined;
  const states = new Uint8Array(distinctBlocks);
  const smallLimit = Math.max(1, Math.floor(capacityBlocks * numberOf(parameters, 'smallRatio')));
  const ghostLimit = Math.floor(capacityBlocks * numberOf(parameters, 'ghostRatio'));
  const state: S3State = {
    blocks,
    capacityBlocks,
    smallLimit,
    mainLimit: capacityBlocks - smallLimit,
    ghostLimit,
    promoteAt,
    mostHits,
    spills: parameters.form === '2025',
    states,
    small: createRing(Math.min(capacityBlocks, distinctBlocks)),
    main: createRing(Math.min(capacityBlocks, distinctBlocks)),
    ghost: createLazyLog(GHOST, ghostLimit, new Int32Array(distinctBlocks)),
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: S3State, begin: number, end: number): number {
  const { blocks, states, mostHits } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const known = states[block];
    if (known < SMALL) {
      miss(state, block, known);
      continue;
    }
    hits++;
    if (known >>> 2 < mostHits) states[block] = known + HIT;
  }
  return hits;
}

function miss(state: S3State, block: number, known: number): void {
  const { states, small, main, capacityBlocks } = state;
  if (known === GHOST) {
    leave(state.ghost);
    state.ghost.stamps[block] = 0;
    states[block] = ABSENT;
  }
  if (sizeOf(small) + sizeOf(main) === capacityBlocks) evict(state);
  const isSpilt = state.spills && state.evictions === 0 && sizeOf(small) >= state.smallLimit;
  const toMain = known === GHOST || isSpilt;
  states[block] = toMain ? MAIN : SMALL;
  push(toMain ? main : small, block);
}

function evict(state: S3State): void {
  const { states, small, main, ghost, ghostLimit, promoteAt } = state;
  state.evictions++;
  const mainFirst = sizeOf(main) > state.mainLimit;
  while (!mainFirst && sizeOf(small) > 0) {
    const block = pop(small);
    if (states[block] >>> 2 >= promoteAt) {
      states[block] = MAIN;
      push(main, block);
      continue;
    }
    states[block] = ABSENT;
    if (ghostLimit === 0) return;
    if (ghost.size === ghostLimit) states[popOldest(ghost)] = ABSENT;
    append(ghost, block);
    states[block] = GHOST;
    return;
  }
  let block = pop(main);
  while (states[block] > (MAIN | HOME_MASK)) {
    states[block] = (Math.min(states[block] >>> 2, 3) - 1) * HIT + MAIN;
    push(main, block);
    block = pop(main);
  }
  states[block] = ABSENT;
}

function createRing(maxSize: number): Ring {
  const length = 2 ** Math.ceil(Math.log2(maxSize + 1));
  return { slots: new Uint32Array(length), mask: length - 1, begin: 0, end: 0 };
}

function sizeOf({ begin, end }: Ring): number {
  return end - begin;
}

function push(ring: Ring, block: number): void {
  ring.slots[ring.end++ & ring.mask] = block;
}

function pop(ring: Ring): number {
  return ring.slots[ring.begin++ & ring.mask];
}
