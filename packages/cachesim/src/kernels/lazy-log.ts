import { NONE } from '@wavetune/core';

/**
 * Blocks in order of arrival, in which leaving costs nothing: an entry of the log counts only while the block's stamp names
 * this log and this place. Stale entries go when they reach the old end or when the log is full.
 *
 * Several logs share the stamps, so a block is in one log at most and one load tells which.
 */
export interface LazyLog {
  /** 1 … 31. */
  readonly home: number;
  /** By block: place × 32 + home, 0 for a block that is in no log. */
  readonly stamps: Int32Array;
  readonly log: Uint32Array;
  begin: number;
  end: number;
  size: number;
}

const HOME_BITS = 5;
const HOME_MASK = 31;

/** Places that a stamp can name; a log of more blocks than half of that has no kernel. */
export const MOST_LAZY_BLOCKS = 2 ** 25;

/** @param maxSize - Most blocks at once; the log holds twice as many entries, and up to eight times where that is little. */
export function createLazyLog(home: number, maxSize: number, stamps: Int32Array): LazyLog {
  const most = Math.min(maxSize, stamps.length);
  const log = new Uint32Array(Math.max(2 * most, Math.min(8 * most, stamps.length >>> 1)) + 64);
  return { home, stamps, log, begin: 0, end: 0, size: 0 };
}

/** The log that a stamp names, 0 for none. */
export function homeOf(stamp: number): number {
  return stamp & HOME_MASK;
}

/** Adds `block`, which is in none of the logs, or has just left one by {@link leave}. */
export function append(log: LazyLog, block: number): void {
  log.size++;
  refresh(log, block);
}

/** Makes `block`, which is here, the youngest. */
export function refresh(log: LazyLog, block: number): void {
  if (log.end === log.log.length) compact(log);
  const at = log.end++;
  log.log[at] = block;
  log.stamps[block] = (at << HOME_BITS) | log.home;
}

/** Takes out a block; the caller overwrites its stamp. */
export function leave(log: LazyLog): void {
  log.size--;
}

/** The oldest, `NONE` where there is none. */
export function peekOldest(log: LazyLog): number {
  const { stamps, home, end } = log;
  for (let at = log.begin; at < end; at++) {
    const block = log.log[at];
    if (stamps[block] !== ((at << HOME_BITS) | home)) continue;
    log.begin = at;
    return block;
  }
  log.begin = end;
  return NONE;
}

/** Takes out the oldest, `NONE` where there is none; the caller overwrites its stamp. */
export function popOldest(log: LazyLog): number {
  const block = peekOldest(log);
  if (block === NONE) return NONE;
  log.begin++;
  log.size--;
  return block;
}

/** Takes out the oldest, of which there is one, for good. */
export function dropOldest(log: LazyLog): void {
  log.stamps[popOldest(log)] = 0;
}

function compact(log: LazyLog): void {
  const { stamps, home, end } = log;
  let to = 0;
  for (let from = log.begin; from < end; from++) {
    const block = log.log[from];
    if (stamps[block] !== ((from << HOME_BITS) | home)) continue;
    log.log[to] = block;
    stamps[block] = (to++ << HOME_BITS) | home;
  }
  log.begin = 0;
  log.end = to;
}
