import { AHEAD, countEvictions, keep, nextUseAt, referenceAt, reserve } from './memory';
import {
  ENTRY,
  entryOf,
  initializeUseLog,
  makeRoom,
  momentOf,
  popOldest,
  push,
  ROOM,
  takeOldest,
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
/** Whether less than a quarter of the references missed lately. */
let isMissRare: bool = false;

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
    if (!isFull()) hits += runAny(begin, end);
    else hits += isMissRare || highest === 1 ? runBranching(begin, end) : runFull(begin, end);
    clock += end - begin;
  }
  isMissRare = to - from - hits < (to - from) >> 2;
  return hits;
}

/** Whether all segments have all the blocks that they will ever have. */
function isFull(): bool {
  return size === capacity && (!trims || capacity === limit * highest);
}

/**
 * Where each block that comes to a segment moves the eldest of it to the segment that the block was in. Without a branch on
 * whether it is new or in the top segment, since that is what no processor predicts.
 */
function runFull(from: u32, to: u32): u32 {
  const homesAt = homes;
  const bottom = segmentAt(1);
  const top = segmentAt(highest);
  const most = highest;
  const later = clock + 1 - from;
  let begin = bottom.begin;
  let end = bottom.end;
  let topEnd = top.end;
  let misses: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    const entry = entryOf(block, nextUseAt(i));
    read ^= byteAt(homesAt, referenceAt(i + AHEAD));
    const home = byteAt(homesAt, block);
    const moment = momentOf(later + i);
    if (home - 1 < most - 1) {
      bottom.begin = begin;
      bottom.end = end;
      top.end = topEnd;
      move(takeOldest(segmentAt(home + 1), moment), home);
      move(entry, home + 1);
      begin = bottom.begin;
      end = bottom.end;
      topEnd = top.end;
      continue;
    }
    const isMiss = <u32>(home === ABSENT);
    misses += isMiss;
    while (load<u64>(begin) < moment) begin += ENTRY;
    setByte(homesAt, load<u32>(begin), 1 - isMiss);
    setByte(homesAt, block, select<u32>(1, most, isMiss));
    store<u64>(end, entry);
    store<u64>(topEnd, entry);
    const step = <usize>isMiss * ENTRY;
    begin += step;
    end += step;
    topEnd += ENTRY - step;
  }
  bottom.begin = begin;
  bottom.end = end;
  top.end = topEnd;
  keep(read);
  countEvictions(misses);
  return to - from - misses;
}

/** The same for where misses are rare, so that a branch on the top segment is predicted mostly. */
function runBranching(from: u32, to: u32): u32 {
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
    move(takeOldest(segmentAt(home + 1), momentOf(later + i)), home);
    move(entry, home + 1);
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

function move(entry: u64, at: u32): void {
  push(segmentAt(at), entry);
  setByte(homes, <u32>entry, at);
}

function put(entry: u64, at: u32): void {
  move(entry, at);
  segmentAt(at).size++;
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
