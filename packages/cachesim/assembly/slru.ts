import { append, dropOldest, homeOf, initializeLog, LazyLog, popOldest, refresh } from './lazy-log';
import { AHEAD, countEvictions, keep, referenceAt, reserve } from './memory';
import { createWords, wordAt } from './words';

const ABSENT: u32 = 0;

let stamps: usize = 0;
/** The segments' logs, one behind the other; their homes are 1 and their number. */
let segments: usize = 0;
let segmentCount: u32 = 0;
let limit: u32 = 0;
let capacity: u32 = 0;
let trims: bool = false;
let size: u32 = 0;

/** Segmented LRU over lazy logs: a stamp a block. */
export function createSlru(distinctBlocks: u32, capacityBlocks: u32, count: u32, trim: bool): void {
  capacity = capacityBlocks;
  segmentCount = count;
  limit = capacityBlocks / count;
  trims = trim;
  stamps = createWords(distinctBlocks);
  segments = reserve(<u64>count * offsetof<LazyLog>());
  for (let at: u32 = 0; at < count; at++) {
    initializeLog(segmentAt(at), at + 1, limit + count + 1, stamps, distinctBlocks);
  }
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runSlru(from: u32, to: u32): u32 {
  const highest = segmentCount;
  const top = segmentAt(highest - 1);
  let hits: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    read ^= wordAt(stamps, referenceAt(i + AHEAD));
    const home = homeOf(wordAt(stamps, block));
    if (home === highest) {
      hits++;
      refresh(top, block);
    } else if (home !== ABSENT) {
      hits++;
      segmentAt(home - 1).size--;
      append(segmentAt(home), block);
      handDown(home);
    } else {
      if (size === capacity) evict();
      size++;
      append(lowestWithRoom(), block);
    }
  }
  keep(read);
  return hits;
}

function segmentAt(at: u32): LazyLog {
  return changetype<LazyLog>(segments + <usize>at * offsetof<LazyLog>());
}

/** Each segment from `from` down gives its eldest to the one below while it is too full. */
function handDown(from: u32): void {
  for (let at = from; at > 0; at--) {
    const full = segmentAt(at);
    if (full.size <= limit) return;
    append(segmentAt(at - 1), popOldest(full));
  }
  if (trims) while (segmentAt(0).size > limit) evict();
}

function lowestWithRoom(): LazyLog {
  for (let at: u32 = 0; at < segmentCount; at++) {
    if (segmentAt(at).size < limit) return segmentAt(at);
  }
  return segmentAt(0);
}

function evict(): void {
  let at: u32 = 0;
  while (segmentAt(at).size === 0) at++;
  dropOldest(segmentAt(at));
  size--;
  countEvictions(1);
}
