import { reserve } from './memory';

/** Bytes of an entry. */
export const ENTRY: usize = 8;

/** Entries that {@link makeRoom} leaves free, and so the most that may be pushed between two calls. */
export const ROOM: u32 = 256;

/**
 * Blocks by last use, in which leaving costs nothing: an entry knows when its block is used next and counts until then, so
 * nothing is looked up and a block that is used again is just written again. The log that a block is in is for the policy
 * to keep.
 *
 * An entry holds the block in its low half and the next use in its high half, so that entries compare as uses.
 */
@unmanaged
export class UseLog {
  /** Addresses of the oldest entry, of the next one, and of the memory. */
  begin: usize;
  end: usize;
  first: usize;
  last: usize;
  /** Entries that count; kept by the policy. */
  size: u32;
  /** Makes it 32 bytes. */
  unused0: u32;
  unused1: u32;
  unused2: u32;
}

/**
 * @param most - Entries that count at once.
 * @param spare - Entries beside them, or seven times as many as count if that is less.
 */
export function initializeUseLog(log: UseLog, most: u32, spare: u32): void {
  const length = <usize>(most + min(7 * most, spare) + 2 * ROOM);
  // {@link takeOldest} reads up to three entries behind the last.
  log.first = reserve(<u64>(length + 3) * ENTRY);
  log.last = log.first + length * ENTRY;
  log.begin = log.first;
  log.end = log.first;
}

export function createUseLog(most: u32, spare: u32): UseLog {
  const log = changetype<UseLog>(reserve(offsetof<UseLog>()));
  initializeUseLog(log, most, spare);
  return log;
}

/** No use before `next` counts as later than `momentOf(next)`. */
export function momentOf(next: u32): u64 {
  return (<u64>next) << 32;
}

export function entryOf(block: u32, next: u32): u64 {
  return momentOf(next) | block;
}

export function push(log: UseLog, entry: u64): void {
  store<u64>(log.end, entry);
  log.end += ENTRY;
}

/** Adds an entry that is in none of the logs, or has just left one. */
export function append(log: UseLog, entry: u64): void {
  push(log, entry);
  log.size++;
}

/** Takes out the oldest entry that counts, of which there is one. */
export function popOldest(log: UseLog, moment: u64): u64 {
  const entry = peekOldest(log, moment);
  log.begin += ENTRY;
  log.size--;
  return entry;
}

/** The oldest entry that counts, of which there is one. */
export function peekOldest(log: UseLog, moment: u64): u64 {
  let at = log.begin;
  while (load<u64>(at) < moment) at += ENTRY;
  log.begin = at;
  return load<u64>(at);
}

/** Space for {@link ROOM} more entries. */
export function makeRoom(log: UseLog, moment: u64): void {
  if (!hasRoom(log)) compact(log, moment);
}

export function hasRoom(log: UseLog): bool {
  return log.end + <usize>ROOM * ENTRY <= log.last;
}

function compact(log: UseLog, moment: u64): void {
  const end = log.end;
  let to = log.first;
  for (let from = log.begin; from < end; from += ENTRY) {
    const entry = load<u64>(from);
    store<u64>(to, entry);
    to += entry < moment ? 0 : ENTRY;
  }
  log.begin = log.first;
  log.end = to;
}

/** Takes out the oldest entry that counts, of which there is one; for logs in which many do not. Four at a time. */
export function takeOldest(log: UseLog, moment: u64): u64 {
  const before = i64x2.splat(moment - 1);
  let at = log.begin;
  let counting = countingAt(at, before);
  while (counting === 0) {
    at += 4 * ENTRY;
    counting = countingAt(at, before);
  }
  at += <usize>ctz(counting) * ENTRY;
  log.begin = at + ENTRY;
  return load<u64>(at);
}

/** A bit for each of four entries that counts. Signed, as there is no other comparison; no next use has the highest bit. */
function countingAt(at: usize, before: v128): u32 {
  const low = i64x2.bitmask(i64x2.gt_s(v128.load(at), before));
  return low | (i64x2.bitmask(i64x2.gt_s(v128.load(at, 16), before)) << 2);
}
