import { numberOf } from '../policies/policy.ts';
import {
  append,
  createLazyLog,
  type LazyLog,
  leave,
  MOST_LAZY_BLOCKS,
  peekOldest,
  popOldest,
  refresh,
} from './lazy-log.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

/** What a block is, as in the policy: absent, LIR, resident HIR, HIR that is remembered only. */
const ABSENT = 0;
const LIR = 1;
const HIR = 2;
const GONE = 3;

interface LirsState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  readonly kinds: Uint8Array;
  /** By last use; a block is in it iff its stamp is not 0. */
  readonly stack: LazyLog;
  readonly queue: LazyLog;
  readonly gone: LazyLog;
  readonly lirLimit: number;
  lirCount: number;
  evictions: number;
}

/** LIRS over lazy logs, one set of stamps for the stack and one for the queue and what has left it: 9 bytes a block. */
export function createLirsKernel(setting: KernelSetting): ReferenceKernel | undefined {
  const { blocks, distinctBlocks, capacityBlocks, parameters } = setting;
  if (distinctBlocks > MOST_LAZY_BLOCKS) return undefined;
  const hirLimit = Math.max(1, Math.floor(numberOf(parameters, 'hirRatio') * capacityBlocks));
  if (hirLimit === capacityBlocks) return undefined;
  const stackStamps = new Int32Array(distinctBlocks);
  const queueStamps = new Int32Array(distinctBlocks);
  const state: LirsState = {
    blocks,
    capacityBlocks,
    kinds: new Uint8Array(distinctBlocks),
    stack: createLazyLog(1, 2 * capacityBlocks + 1, stackStamps),
    queue: createLazyLog(1, hirLimit + 1, queueStamps),
    gone: createLazyLog(2, 2 * capacityBlocks, queueStamps),
    lirLimit: capacityBlocks - hirLimit,
    lirCount: 0,
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: LirsState, begin: number, end: number): number {
  const { blocks, kinds, stack, gone, capacityBlocks } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const kind = kinds[block];
    if (kind === LIR) {
      hits++;
      refresh(stack, block);
      prune(state);
      continue;
    }
    if (kind === HIR) {
      hits++;
      hitHir(state, block);
    } else {
      place(state, block, kind);
    }
    while (stack.size > 2 * capacityBlocks && gone.size > 0) forgetOldest(state);
  }
  return hits;
}

function hitHir(state: LirsState, block: number): void {
  const { stack, queue } = state;
  if (stack.stamps[block] === 0) {
    refresh(queue, block);
    append(stack, block);
    return;
  }
  takeFrom(queue, block);
  refresh(stack, block);
  makeLir(state, block);
}

function place(state: LirsState, block: number, kind: number): void {
  const { kinds, stack, queue, gone } = state;
  if (kind === GONE) {
    takeFrom(gone, block);
    refresh(stack, block);
    prune(state);
  }
  if (state.lirCount + queue.size === state.capacityBlocks) evict(state);
  if (kind === GONE) {
    makeLir(state, block);
    return;
  }
  append(stack, block);
  if (state.lirCount < state.lirLimit) {
    kinds[block] = LIR;
    state.lirCount++;
  } else {
    kinds[block] = HIR;
    append(queue, block);
  }
}

/** `block` is the youngest of the stack and in no queue. */
function makeLir(state: LirsState, block: number): void {
  state.kinds[block] = LIR;
  state.lirCount++;
  prune(state);
  while (state.lirCount > state.lirLimit) demoteEldest(state);
}

function demoteEldest(state: LirsState): void {
  const { kinds, stack, queue } = state;
  const block = popOldest(stack);
  stack.stamps[block] = 0;
  kinds[block] = HIR;
  state.lirCount--;
  append(queue, block);
  prune(state);
}

/** Takes HIR blocks off the old end, so that the eldest of the stack is LIR; the youngest stays in any case. */
function prune({ kinds, stack, gone }: LirsState): void {
  while (stack.size > 1) {
    const block = peekOldest(stack);
    if (kinds[block] === LIR) return;
    takeFrom(stack, block);
    if (kinds[block] !== GONE) continue;
    takeFrom(gone, block);
    kinds[block] = ABSENT;
  }
}

function evict(state: LirsState): void {
  const { kinds, stack, queue, gone } = state;
  const block = popOldest(queue);
  queue.stamps[block] = 0;
  kinds[block] = stack.stamps[block] === 0 ? ABSENT : GONE;
  if (kinds[block] === GONE) append(gone, block);
  state.evictions++;
}

function forgetOldest({ kinds, stack, gone }: LirsState): void {
  const block = popOldest(gone);
  gone.stamps[block] = 0;
  kinds[block] = ABSENT;
  takeFrom(stack, block);
}

function takeFrom(log: LazyLog, block: number): void {
  leave(log);
  log.stamps[block] = 0;
}
