import { NONE } from '@wavetune/core';

/**
 * Blocks in order of arrival, in which leaving costs nothing: an entry of the log counts only while the block still says
 * that it lies there and that it belongs here. Stale entries go when they reach the old end or when the log is full.
 *
 * Several logs may share `places` and `homes`: a block is in the log whose `home` it has.
 */
export interface LazyLog {
  readonly home: number;
  readonly homes: Uint8Array;
  readonly places: Uint32Array;
  readonly log: Uint32Array;
  begin: number;
  end: number;
  size: number;
}

/** @param maxSize - Most blocks at once; the log holds twice as many entries. */
export function createLazyLog(
  home: number,
  maxSize: number,
  { homes, places }: Pick<LazyLog, 'homes' | 'places'>,
): LazyLog {
  const log = new Uint32Array(2 * Math.min(maxSize, homes.length) + 64);
  return { home, homes, places, log, begin: 0, end: 0, size: 0 };
}

/** Adds `block`, which is in none of the logs. */
export function append(log: LazyLog, block: number): void {
  log.homes[block] = log.home;
  log.size++;
  refresh(log, block);
}

/** Makes `block`, which is here, the youngest. */
export function refresh(log: LazyLog, block: number): void {
  if (log.end === log.log.length) compact(log);
  log.log[log.end] = block;
  log.places[block] = log.end++;
}

/** Takes out `block`, which is here; the caller gives it another home. */
export function leave(log: LazyLog): void {
  log.size--;
}

/** The oldest, `NONE` where there is none. */
export function peekOldest(log: LazyLog): number {
  const { homes, places, home } = log;
  while (log.begin < log.end) {
    const block = log.log[log.begin];
    if (places[block] === log.begin && homes[block] === home) return block;
    log.begin++;
  }
  return NONE;
}

/** Takes out the oldest, `NONE` where there is none; the caller gives it another home. */
export function popOldest(log: LazyLog): number {
  const block = peekOldest(log);
  if (block === NONE) return NONE;
  log.begin++;
  log.size--;
  return block;
}

function compact(log: LazyLog): void {
  const { homes, places, home } = log;
  let to = 0;
  for (let from = log.begin; from < log.end; from++) {
    const block = log.log[from];
    if (places[block] !== from || homes[block] !== home) continue;
    log.log[to] = block;
    places[block] = to++;
  }
  log.begin = 0;
  log.end = to;
}
