import { reserve } from './memory';
import { ROOM } from './use-log';

/** Bytes of a use: the entry (block, next use), the next use of the same log, the frequency. */
export const USE: usize = 16;
/** No block. */
export const NO_USE: u32 = 0xffffffff;

const NEXT: usize = 4;
const LINK: usize = 8;
const FREQUENCY: usize = 12;

/** Bytes of a log: its first use or 0, and where the address of the one behind the last belongs. */
const LOG: usize = 8;

/**
 * Uses that brought a block to a frequency, one log a frequency, all in one array in which each log is in order. A use
 * counts until the block's next one, or until it is taken out; the others go when the array is full.
 */
let first: usize = 0;
let end: usize = 0;
let last: usize = 0;
let logs: usize = 0;
let highest: u32 = 0;

/**
 * @param most - Uses that count at once.
 * @param spare - Uses beside them, or seven times as many as count if that is less.
 */
export function createFrequencyLogs(most: u32, spare: u32, frequencies: u32): void {
  const length = <usize>(most + min(7 * most, spare) + ROOM);
  first = reserve(<u64>length * USE);
  last = first + length * USE;
  end = first;
  growFrequencyLogs(frequencies, 0);
}

/** Logs for the frequencies up to `frequencies`. */
export function growFrequencyLogs(frequencies: u32, now: u32): void {
  highest = frequencies;
  logs = reserve(<u64>(frequencies + 1) * LOG);
  compact(now);
}

/** Space for `count` uses more. */
export function makeSlots(count: u32, now: u32): void {
  if (end + <usize>count * USE > last) compact(now);
}

/** Address of `count` uses that are to be filled and handed to {@link linkUse}, in order. */
export function takeSlots(count: u32): usize {
  const at = end;
  end += <usize>count * USE;
  return at;
}

/** Puts the use at `at` into the log of `frequency`, as its youngest. */
export function linkUse(at: usize, frequency: u32): void {
  const log = logs + <usize>frequency * LOG;
  store<u32>(at, 0, LINK);
  store<u32>(at, frequency, FREQUENCY);
  store<u32>(load<u32>(log, 4), <u32>at);
  store<u32>(log, <u32>(at + LINK), 4);
}

/** Adds the use `entry`, which brought its block to `frequency`. */
export function addUse(frequency: u32, entry: u64): void {
  const at = end;
  end = at + USE;
  store<u64>(at, entry);
  linkUse(at, frequency);
}

/** Takes out the oldest use of the least frequency; its block, {@link NO_USE} where there is none. */
export function popLeastFrequent(now: u32): u32 {
  for (let frequency: u32 = 2; frequency <= highest; frequency++) {
    const log = logs + <usize>frequency * LOG;
    let at = <usize>load<u32>(log);
    while (at !== 0 && load<u32>(at, NEXT) < now) at = load<u32>(at, LINK);
    const link = at === 0 ? 0 : load<u32>(at, LINK);
    store<u32>(log, link);
    if (link === 0) store<u32>(log, <u32>log, 4);
    if (at === 0) continue;
    store<u32>(at, 0, NEXT);
    return load<u32>(at);
  }
  return NO_USE;
}

/** Drops the uses that do not count, and makes all logs anew. */
function compact(now: u32): void {
  for (let frequency: u32 = 0; frequency <= highest; frequency++) {
    const log = logs + <usize>frequency * LOG;
    store<u32>(log, 0);
    store<u32>(log, <u32>log, 4);
  }
  const before = end;
  end = first;
  for (let from = first; from < before; from += USE) {
    if (load<u32>(from, NEXT) < now) continue;
    addUse(load<u32>(from, FREQUENCY), load<u64>(from));
  }
}
