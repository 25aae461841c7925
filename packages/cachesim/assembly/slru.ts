import { AHEAD, countEvictions, keep, nextUseAt, referenceAt, reserve } from './memory';
import {
  append,
  ENTRY,
  entryOf,
  findOldest,
  initializeUseLog,
  makeRoom,
  momentOf,
  popOldest,
  push,
  ROOM,
  UseLog,
} from './use-log';
import { byteAt, setByte } from './words';

const ABSENT: u32 = 0;

/** By block: its segment, from 1. */
let homes: usize = 0;
/** The segments' logs, one behind the other; in front of them what was evicted goes. */
let segments: usize = 0;
let highest: u32 = 0;
let limit: u32 = 0;
let capacity: u32 = 0;
let trims: bool = false;
let size: u32 = 0;
/** References so far. */
let clock: u32 = 0;

/** Segmented LRU over logs of uses: a byte a block. */
export function createSlru(distinctBlocks: u32, capacityBlocks: u32, count: u32, trim: bool): void {
  capacity = capacityBlocks;
  highest = count;
  limit = capacityBlocks / count;
  trims = trim;
  homes = reserve(distinctBlocks);
  segments = reserve(<u64>(count + 1) * offsetof<UseLog>());
  initializeUseLog(segmentAt(ABSENT), 0, 0);
  const most = min(limit + count + 1, distinctBlocks);
  for (let at: u32 = 1; at <= count; at++) {
    initializeUseLog(segmentAt(at), most, 2 * (distinctBlocks / count));
  }
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runSlru(from: u32, to: u32): u32 {
  let hits: u32 = 0;
  for (let begin = from; begin < to; begin += ROOM / 2) {
    const end = min(to, begin + ROOM / 2);
    const gone = segmentAt(ABSENT);
    gone.end = gone.first;
    for (let at: u32 = 1; at <= highest; at++) makeRoom(segmentAt(at), momentOf(clock));
    hits += isFull() ? runFull(begin, end) : runAny(begin, end);
    clock += end - begin;
  }
  return hits;
}

/** Whether all segments have all the blocks that they will ever have. */
function isFull(): bool {
  return size === capacity && (!trims || capacity === limit * highest);
}

/** Where each block that comes to a segment moves the eldest of it to the segment that the block was in. */
function runFull(from: u32, to: u32): u32 {
  const homesAt = homes;
  const top = segmentAt(highest);
  const later = clock + 1 - from;
  let misses: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    const entry = entryOf(block, nextUseAt(i));
    read ^= byteAt(homesAt, referenceAt(i + AHEAD));
    const home = byteAt(homesAt, block);
    if (home === highest) {
      push(top, entry);
      continue;
    }
    misses += <u32>(home === ABSENT);
    const above = segmentAt(home + 1);
    const at = findOldest(above, momentOf(later + i));
    const eldest = load<u64>(at);
    above.begin = at + ENTRY;
    push(segmentAt(home), eldest);
    setByte(homesAt, <u32>eldest, home);
    push(above, entry);
    setByte(homesAt, block, home + 1);
  }
  keep(read);
  countEvictions(misses);
  return to - from - misses;
}

function runAny(from: u32, to: u32): u32 {
  const later = clock + 1 - from;
  let hits: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    const entry = entryOf(block, nextUseAt(i));
    const home = byteAt(homes, block);
    const moment = momentOf(later + i);
    hits += <u32>(home !== ABSENT);
    if (home === highest) {
      push(segmentAt(home), entry);
    } else if (home !== ABSENT) {
      segmentAt(home).size--;
      put(entry, home + 1);
      handDown(home + 1, moment);
    } else {
      if (size === capacity) evict(moment);
      size++;
      put(entry, lowestWithRoom());
    }
  }
  return hits;
}

function segmentAt(at: u32): UseLog {
  return changetype<UseLog>(segments + <usize>at * offsetof<UseLog>());
}

function put(entry: u64, at: u32): void {
  append(segmentAt(at), entry);
  setByte(homes, <u32>entry, at);
}

/** Each segment from `from` down gives its eldest to the one below while it is too full. */
function handDown(from: u32, moment: u64): void {
  for (let at = from; at > 1; at--) {
    const full = segmentAt(at);
    if (full.size <= limit) return;
    put(popOldest(full, moment), at - 1);
  }
  if (trims) while (segmentAt(1).size > limit) evict(moment);
}

function lowestWithRoom(): u32 {
  for (let at: u32 = 1; at <= highest; at++) {
    if (segmentAt(at).size < limit) return at;
  }
  return 1;
}

function evict(moment: u64): void {
  let at: u32 = 1;
  while (segmentAt(at).size === 0) at++;
  setByte(homes, <u32>popOldest(segmentAt(at), moment), ABSENT);
  size--;
  countEvictions(1);
}
