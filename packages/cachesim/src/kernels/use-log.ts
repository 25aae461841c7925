import { NONE } from '@wavetune/core';

/**
 * Uses of blocks in order, of one frequency. An entry counts while the block has that frequency and was not used since;
 * the others go when they reach the old end or when the log is full.
 */
export interface UseLog {
  /** By entry × 2: block and reference. */
  entries: Uint32Array;
  begin: number;
  end: number;
}

export function createUseLog(): UseLog {
  return { entries: new Uint32Array(64), begin: 0, end: 0 };
}

/** Adds the latest use of `block`, as `uses` has it (by block × 2: frequency, reference). */
export function pushUse(log: UseLog, uses: Uint32Array, block: number, frequency: number): void {
  if (log.end === log.entries.length) makeRoom(log, uses, frequency);
  log.entries[log.end] = block;
  log.entries[log.end + 1] = uses[2 * block + 1];
  log.end += 2;
}

/** Takes out the oldest entry that counts; its block, `NONE` where there is none. */
export function popCurrent(log: UseLog, uses: Uint32Array, frequency: number): number {
  const { entries, end } = log;
  for (let at = log.begin; at < end; at += 2) {
    const block = entries[at];
    if (uses[2 * block] !== frequency || uses[2 * block + 1] !== entries[at + 1]) continue;
    log.begin = at + 2;
    return block;
  }
  log.begin = 0;
  log.end = 0;
  return NONE;
}

function makeRoom(log: UseLog, uses: Uint32Array, frequency: number): void {
  const { entries, end } = log;
  let to = 0;
  for (let from = log.begin; from < end; from += 2) {
    const block = entries[from];
    if (uses[2 * block] !== frequency || uses[2 * block + 1] !== entries[from + 1]) continue;
    entries[to] = block;
    entries[to + 1] = entries[from + 1];
    to += 2;
  }
  log.begin = 0;
  log.end = to;
  if (2 * to <= entries.length) return;
  log.entries = new Uint32Array(2 * entries.length);
  log.entries.set(entries);
}
