import { NONE } from '@wavetune/core';
import {
  type BlockQueue,
  createBlockQueue,
  dequeue,
  dequeueOldest,
  eldestOf,
  enqueue,
  releaseInQueue,
  renew,
} from '../structures/block-queue.ts';
import { numberOf, type PolicySetting, type PolicySpec } from './policy.ts';

/** What a block is: absent, of low inter-reference recency, of high (resident), of high and remembered only. */
const ABSENT = 0;
const LIR = 1;
const HIR = 2;
const GONE = 3;

/**
 * Low Inter-reference Recency Set: nearly all of the cache belongs to blocks whose last two uses lay close together (LIR);
 * the others (HIR) pass through a small queue, and a stack in order of use decides who changes sides.
 *
 * The stack remembers at most as many blocks as the cache holds twice; beyond that the block evicted longest ago is
 * forgotten, as in libCacheSim. Where every block of the queue is held, the stack's eldest LIR block joins the queue.
 */
export const lirs: PolicySpec = {
  name: 'lirs',
  source:
    'Jiang and Zhang, "LIRS: an efficient low inter-reference recency set replacement policy", SIGMETRICS 2002',
  parameters: [
    {
      kind: 'number',
      name: 'hirRatio',
      meaning: 'share of the queue of high inter-reference recency; at least one block',
      initial: 0.01,
      least: 0,
      most: 0.99,
    },
  ],
  touch: 'last-to-first',
  create(setting) {
    const state = createState(setting);
    const { stack, queue, kinds } = state;
    return {
      onHit: (block) => hit(state, block),
      onMiss(block) {
        state.returning = kinds[block] === GONE;
        if (!state.returning) return;
        dequeue(state.gone, block);
        renew(stack, block);
        prune(state);
      },
      onInsert: (block) => insert(state, block),
      onSettle(block) {
        if (state.inStack[block] === 1) renew(stack, block);
        if (kinds[block] === HIR) renew(queue, block);
        prune(state);
      },
      onRelease(block) {
        if (kinds[block] === HIR) releaseInQueue(queue, block);
      },
      evict: () => evictHir(state),
    };
  },
};

interface LirsState {
  /** By last use, youngest last: every LIR block, and HIR blocks used since the eldest of them. */
  readonly stack: BlockQueue;
  /** Resident HIR blocks. */
  readonly queue: BlockQueue;
  /** HIR blocks that left but are in the stack, in the order in which they left. */
  readonly gone: BlockQueue;
  readonly kinds: Uint8Array;
  readonly inStack: Uint8Array;
  readonly lirLimit: number;
  readonly stackLimit: number;
  lirCount: number;
  /** The block that is being placed was in the stack. */
  returning: boolean;
}

function createState({ columns, capacityBlocks, held, parameters }: PolicySetting): LirsState {
  const distinctBlocks = columns.parents.length;
  const hirLimit = Math.max(1, Math.floor(numberOf(parameters, 'hirRatio') * capacityBlocks));
  const stackLimit = 2 * capacityBlocks;
  const places = new Uint32Array(distinctBlocks);
  return {
    stack: createBlockQueue({
      places: new Uint32Array(distinctBlocks),
      maxSize: stackLimit,
      held: undefined,
    }),
    queue: createBlockQueue({ places, maxSize: capacityBlocks, held }),
    gone: createBlockQueue({ places, maxSize: stackLimit, held: undefined }),
    kinds: new Uint8Array(distinctBlocks),
    inStack: new Uint8Array(distinctBlocks),
    lirLimit: capacityBlocks - hirLimit,
    stackLimit,
    lirCount: 0,
    returning: false,
  };
}

function hit(state: LirsState, block: number): void {
  const { stack, queue, kinds, inStack } = state;
  if (kinds[block] === LIR) {
    renew(stack, block);
    prune(state);
  } else if (inStack[block] === 1 && state.lirLimit > 0) {
    dequeue(queue, block);
    renew(stack, block);
    makeLir(state, block);
  } else {
    renew(queue, block);
    pushOnStack(state, block);
  }
  limitStack(state);
}

function insert(state: LirsState, block: number): void {
  if (state.returning && state.lirLimit > 0) {
    makeLir(state, block);
  } else {
    pushOnStack(state, block);
    if (state.lirCount < state.lirLimit) {
      state.lirCount++;
      state.kinds[block] = LIR;
    } else {
      state.kinds[block] = HIR;
      enqueue(state.queue, block);
    }
  }
  limitStack(state);
}

/** `block` is the youngest of the stack and in no queue. */
function makeLir(state: LirsState, block: number): void {
  state.kinds[block] = LIR;
  state.lirCount++;
  prune(state);
  while (state.lirCount > state.lirLimit) demoteEldest(state);
}

function pushOnStack({ stack, inStack }: LirsState, block: number): void {
  if (inStack[block] === 1) dequeue(stack, block);
  inStack[block] = 1;
  enqueue(stack, block);
}

/** The eldest LIR block, of which there is one, joins the queue. */
function demoteEldest(state: LirsState): void {
  prune(state);
  const block = eldestOf(state.stack);
  dequeue(state.stack, block);
  state.inStack[block] = 0;
  state.kinds[block] = HIR;
  state.lirCount--;
  enqueue(state.queue, block);
  prune(state);
}

/** Takes HIR blocks off the old end, so that the eldest of the stack is LIR; the youngest stays in any case. */
function prune({ stack, gone, kinds, inStack }: LirsState): void {
  while (stack.size > 1) {
    const block = eldestOf(stack);
    if (kinds[block] === LIR) return;
    dequeue(stack, block);
    inStack[block] = 0;
    if (kinds[block] !== GONE) continue;
    dequeue(gone, block);
    kinds[block] = ABSENT;
  }
}

function limitStack({ stack, gone, kinds, inStack, stackLimit }: LirsState): void {
  while (stack.size > stackLimit && gone.size > 0) {
    const block = dequeueOldest(gone);
    dequeue(stack, block);
    inStack[block] = 0;
    kinds[block] = ABSENT;
  }
}

function evictHir(state: LirsState): number {
  let block = dequeueOldest(state.queue);
  while (block === NONE && state.lirCount > 0) {
    demoteEldest(state);
    block = dequeueOldest(state.queue);
  }
  if (block === NONE) return NONE;
  state.kinds[block] = ABSENT;
  if (state.inStack[block] === 0) return block;
  state.kinds[block] = GONE;
  enqueue(state.gone, block);
  return block;
}
