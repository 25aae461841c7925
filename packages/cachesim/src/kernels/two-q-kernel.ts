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

const IN = 1;
const MAIN = 2;
const OUT = 3;

interface TwoQState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  readonly inLimit: number;
  readonly outLimit: number;
  readonly stamps: Int32Array;
  readonly inLog: LazyLog;
  readonly main: LazyLog;
  readonly out: LazyLog;
  evictions: number;
}

/** 2Q over lazy logs: a stamp a block. */
export function createTwoQKernel(setting: KernelSetting): ReferenceKernel | undefined {
  const { blocks, distinctBlocks, capacityBlocks, parameters } = setting;
  if (distinctBlocks > MOST_LAZY_BLOCKS) return undefined;
  const stamps = new Int32Array(distinctBlocks);
  const outLimit = Math.floor(capacityBlocks * numberOf(parameters, 'outRatio'));
  const state: TwoQState = {
    blocks,
    capacityBlocks,
    inLimit: Math.floor(capacityBlocks * numberOf(parameters, 'inRatio')),
    outLimit,
    stamps,
    inLog: createLazyLog(IN, capacityBlocks, stamps),
    main: createLazyLog(MAIN, capacityBlocks, stamps),
    out: createLazyLog(OUT, outLimit, stamps),
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: TwoQState, begin: number, end: number): number {
  const { blocks, stamps, inLog, main, out, capacityBlocks } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const home = homeOf(stamps[block]);
    if (home === MAIN) {
      hits++;
      refresh(main, block);
    } else if (home === IN) {
      hits++;
    } else {
      if (home === OUT) {
        leave(out);
        stamps[block] = 0;
      }
      if (inLog.size + main.size === capacityBlocks) evict(state);
      append(home === OUT ? main : inLog, block);
    }
  }
  return hits;
}

function evict(state: TwoQState): void {
  const { inLog, main, out, outLimit } = state;
  state.evictions++;
  if (inLog.size <= state.inLimit && main.size > 0) {
    dropOldest(main);
    return;
  }
  if (outLimit === 0) {
    dropOldest(inLog);
    return;
  }
  if (out.size === outLimit) dropOldest(out);
  append(out, popOldest(inLog));
}
