import { reserve } from './memory';
import { createWords, setWord, wordAt } from './words';

const HOME_BITS: u32 = 5;

/**
 * Blocks in order of arrival, in which leaving costs nothing: an entry counts only while the block's stamp names this log
 * and this place. Stale entries go when they reach the old end or when the log is full.
 *
 * Several logs share the stamps, so a block is in one log at most and one load tells which.
 */
@unmanaged
export class LazyLog {
  /** By block: place × 32 + home, 0 for a block that is in no log. */
  stamps: usize;
  entries: usize;
  length: u32;
  /** 1 … 31. */
  home: u32;
  begin: u32;
  end: u32;
  size: u32;
  /** Makes it 32 bytes. */
  unused: u32;
}

/** @param maxSize - Most blocks at once; the log holds twice as many entries, and up to eight times where that is little. */
export function createLog(home: u32, maxSize: u32, stamps: usize, distinctBlocks: u32): LazyLog {
  const log = changetype<LazyLog>(reserve(offsetof<LazyLog>()));
  const most = min(maxSize, distinctBlocks);
  const length = max(2 * most, min(8 * most, distinctBlocks >> 1)) + 64;
  log.stamps = stamps;
  log.entries = createWords(length);
  log.length = length;
  log.home = home;
  return log;
}

/** Adds `block`, which is in none of the logs, or has just left one, as the youngest. */
export function append(log: LazyLog, block: u32): void {
  log.size++;
  if (log.end === log.length) compact(log);
  const at = log.end;
  log.end = at + 1;
  setWord(log.entries, at, block);
  setWord(log.stamps, block, (at << HOME_BITS) | log.home);
}

/** Takes out the oldest, of which there is one; the caller overwrites its stamp. */
export function popOldest(log: LazyLog): u32 {
  const stamps = log.stamps;
  const entries = log.entries;
  const home = log.home;
  let at = log.begin;
  let block = wordAt(entries, at);
  while (wordAt(stamps, block) !== ((at << HOME_BITS) | home)) block = wordAt(entries, ++at);
  log.begin = at + 1;
  log.size--;
  return block;
}

function compact(log: LazyLog): void {
  const stamps = log.stamps;
  const entries = log.entries;
  const home = log.home;
  const end = log.end;
  let to: u32 = 0;
  for (let from = log.begin; from < end; from++) {
    const block = wordAt(entries, from);
    if (wordAt(stamps, block) !== ((from << HOME_BITS) | home)) continue;
    setWord(entries, to, block);
    setWord(stamps, block, (to++ << HOME_BITS) | home);
  }
  log.begin = 0;
  log.end = to;
}
