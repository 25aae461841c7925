import { numberOf } from '../policies/policy.ts';
import { append, createLazyLog, type LazyLog, leave, popOldest, refresh } from './lazy-log.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

const ABSENT = 0;
const IN = 1;
const MAIN = 2;
const OUT = 3;

interface TwoQState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  readonly inLimit: number;
  readonly outLimit: number;
  readonly homes: Uint8Array;
  readonly inLog: LazyLog;
  readonly main: LazyLog;
  readonly out: LazyLog;
  evictions: number;
}

/** 2Q over lazy logs: a byte and a place a block. */
export function createTwoQKernel(setting: KernelSetting): ReferenceKernel {
  const { blocks, distinctBlocks, capacityBlocks, parameters } = setting;
  const shared = { homes: new Uint8Array(distinctBlocks), places: new Uint32Array(distinctBlocks) };
  const outLimit = Math.floor(capacityBlocks * numberOf(parameters, 'outRatio'));
  const state: TwoQState = {
    blocks,
    capacityBlocks,
    inLimit: Math.floor(capacityBlocks * numberOf(parameters, 'inRatio')),
    outLimit,
    homes: shared.homes,
    inLog: createLazyLog(IN, capacityBlocks, shared),
    main: createLazyLog(MAIN, capacityBlocks, shared),
    out: createLazyLog(OUT, outLimit, shared),
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: TwoQState, begin: number, end: number): number {
  const { blocks, homes, inLog, main, out, capacityBlocks } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const home = homes[block];
    if (home === MAIN) {
      hits++;
      refresh(main, block);
    } else if (home === IN) {
      hits++;
    } else {
      if (home === OUT) {
        leave(out);
        homes[block] = ABSENT;
      }
      if (inLog.size + main.size === capacityBlocks) evict(state);
      append(home === OUT ? main : inLog, block);
    }
  }
  return hits;
}

function evict(state: TwoQState): void {
  const { homes, inLog, main, out, outLimit } = state;
  state.evictions++;
  if (inLog.size <= state.inLimit && main.size > 0) {
    homes[popOldest(main)] = ABSENT;
    return;
  }
  const block = popOldest(inLog);
  homes[block] = ABSENT;
  if (outLimit === 0) return;
  if (out.size === outLimit) homes[popOldest(out)] = ABSENT;
  append(out, block);
}
