import { NONE } from '@wavetune/core';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';
import { createUseLog, popCurrent, pushUse, type UseLog } from './use-log.ts';

/** Frequencies that have a log at the beginning (chosen). */
const FIRST_LOGS = 4;

interface LfuState {
  readonly blocks: Uint32Array;
  readonly capacityBlocks: number;
  /** By block × 2: frequency (0 for a block that is absent) and the reference that used it last. */
  readonly uses: Uint32Array;
  /** By frequency − 1: the blocks that reached it, oldest first. */
  logs: readonly UseLog[];
  /** No resident block has a lower frequency. */
  least: number;
  size: number;
  evictions: number;
}

/**
 * LFU that keeps order only where a victim can come from: a hit counts, and is logged only while the frequency is low; when
 * all logged frequencies are used up the next ones are sorted by last use, which is the order in which they were reached.
 *
 * Space: 8 bytes a block, and 8 to 16 an entry of the logs.
 */
export function createLfuKernel(setting: KernelSetting): ReferenceKernel {
  const { blocks, distinctBlocks, capacityBlocks } = setting;
  const state: LfuState = {
    blocks,
    capacityBlocks,
    uses: new Uint32Array(2 * distinctBlocks),
    logs: Array.from({ length: FIRST_LOGS }, createUseLog),
    least: 1,
    size: 0,
    evictions: 0,
  };
  return { evictions: () => state.evictions, run: (begin, end) => run(state, begin, end) };
}

function run(state: LfuState, begin: number, end: number): number {
  const { blocks, uses, capacityBlocks } = state;
  let hits = 0;
  for (let i = begin; i < end; i++) {
    const block = blocks[i];
    const frequency = uses[2 * block];
    if (frequency > 0) {
      hits++;
    } else {
      if (state.size === capacityBlocks) evict(state);
      else state.size++;
      state.least = 1;
    }
    uses[2 * block] = frequency + 1;
    uses[2 * block + 1] = i;
    if (frequency < state.logs.length) pushUse(state.logs[frequency], uses, block, frequency + 1);
  }
  return hits;
}

function evict(state: LfuState): void {
  for (;;) {
    for (; state.least <= state.logs.length; state.least++) {
      const block = popCurrent(state.logs[state.least - 1], state.uses, state.least);
      if (block === NONE) continue;
      state.uses[2 * block] = 0;
      state.evictions++;
      return;
    }
    logMore(state);
  }
}

/** Gives four times as many frequencies a log; the new ones are filled from the blocks that have them. */
function logMore(state: LfuState): void {
  const { uses, logs } = state;
  const known = logs.length;
  state.logs = [...logs, ...Array.from({ length: 3 * known }, createUseLog)];
  const found: number[] = [];
  for (let block = 0; 2 * block < uses.length; block++) {
    const frequency = uses[2 * block];
    if (frequency > known && frequency <= 4 * known) found.push(block);
  }
  found.sort((a, b) => uses[2 * a + 1] - uses[2 * b + 1]);
  for (const block of found) {
    pushUse(state.logs[uses[2 * block] - 1], uses, block, uses[2 * block]);
  }
}
