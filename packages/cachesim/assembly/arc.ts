import { AHEAD, countEvictions, keep, nextUseAt, referenceAt, reserve } from './memory';
import {
  append,
  createUseLog,
  ENTRY,
  entryOf,
  makeRoom,
  momentOf,
  popOldest,
  push,
  ROOM,
  UseLog,
} from './use-log';
import { byteAt, setByte } from './words';

const ABSENT: u32 = 0;
const ONCE: u32 = 1;
const OFTEN: u32 = 2;
const ONCE_GHOST: u32 = 3;
const OFTEN_GHOST: u32 = 4;

/** By block: the log that it is in. */
let homes: usize = 0;
let capacity: u32 = 0;
let once: UseLog = changetype<UseLog>(0);
let often: UseLog = changetype<UseLog>(0);
let onceGhost: UseLog = changetype<UseLog>(0);
let oftenGhost: UseLog = changetype<UseLog>(0);
/** Wanted size of T1. */
let target: f64 = 0;
/** References and misses so far. */
let clock: u32 = 0;
let misses: u32 = 0;

/** ARC over logs of uses: a byte a block. */
export function createArc(distinctBlocks: u32, capacityBlocks: u32): void {
  capacity = capacityBlocks;
  homes = reserve(distinctBlocks);
  const most = min(capacityBlocks, distinctBlocks);
  const spare = distinctBlocks >> 2;
  once = createUseLog(most, spare);
  often = createUseLog(most, spare);
  onceGhost = createUseLog(most, spare);
  oftenGhost = createUseLog(min(2 * most, distinctBlocks), spare);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runArc(from: u32, to: u32): u32 {
  const missesBefore = misses;
  for (let begin = from; begin < to; begin += ROOM) {
    const end = min(to, begin + ROOM);
    const moment = momentOf(clock);
    makeRoom(once, moment);
    makeRoom(often, moment);
    makeRoom(onceGhost, moment);
    makeRoom(oftenGhost, moment);
    const later = clock + 1 - begin;
    for (let i = begin; i < end; ) {
      if (once.size >= leastSteady()) i = runSteady(i, end, later);
      i = runAny(i, end, later);
    }
    clock += end - begin;
  }
  return to - from - (misses - missesBefore);
}

/** The size of T1 from which on a new block drops the eldest of B1 and moves the eldest of T1 there. */
function leastSteady(): u32 {
  const ghosts = onceGhost.size;
  if (once.size + often.size < capacity || ghosts === 0) return u32.MAX_VALUE;
  return max(max<u32>(2, <u32>target + 1), capacity - min(capacity, ghosts));
}

/**
 * Hits and new blocks while T1 is large enough; where it stopped. Without a branch on which of the two it is, since that is
 * what no processor predicts: both look at the eldest of T1 and B1, and only a new block moves them.
 */
function runSteady(from: u32, to: u32, later: u32): u32 {
  const homesAt = homes;
  const least = leastSteady();
  const onceBefore = once.size;
  let onceSize = onceBefore;
  let onceBegin = once.begin;
  let onceEnd = once.end;
  let oftenEnd = often.end;
  let ghostBegin = onceGhost.begin;
  let ghostEnd = onceGhost.end;
  let moved: usize = 0;
  let read: u32 = 0;
  let i = from;
  for (; i < to; i++) {
    const block = referenceAt(i);
    read ^= byteAt(homesAt, referenceAt(i + AHEAD));
    const home = byteAt(homesAt, block);
    if (<u32>(home > OFTEN) | <u32>(onceSize < least)) break;
    const isNew = home === ABSENT;
    const step = select<usize>(ENTRY, 0, isNew);
    const moment = momentOf(later + i);
    while (load<u64>(ghostBegin) < moment) ghostBegin += ENTRY;
    setByte(homesAt, load<u32>(ghostBegin), select(ABSENT, ONCE_GHOST, isNew));
    while (load<u64>(onceBegin) < moment) onceBegin += ENTRY;
    const eldest = load<u64>(onceBegin);
    store<u64>(ghostEnd, eldest);
    setByte(homesAt, <u32>eldest, select(ONCE_GHOST, ONCE, isNew));
    store<u64>(select(onceEnd, oftenEnd, isNew), entryOf(block, nextUseAt(i)));
    setByte(homesAt, block, select(ONCE, OFTEN, isNew));
    ghostBegin += step;
    ghostEnd += step;
    onceBegin += step;
    onceEnd += step;
    oftenEnd += ENTRY - step;
    moved += step;
    onceSize -= <u32>(home === ONCE);
  }
  keep(read);
  once.begin = onceBegin;
  once.end = onceEnd;
  once.size = onceSize;
  often.end = oftenEnd;
  often.size += onceBefore - onceSize;
  onceGhost.begin = ghostBegin;
  onceGhost.end = ghostEnd;
  misses += <u32>(moved / ENTRY);
  countEvictions(<u32>(moved / ENTRY));
  return i;
}

/** Whatever comes, up to the first miss after which {@link runSteady} can go on; where it stopped. */
function runAny(from: u32, to: u32, later: u32): u32 {
  const homesAt = homes;
  let read: u32 = 0;
  let i = from;
  for (let isLoose = true; isLoose && i < to; i++) {
    const block = referenceAt(i);
    const entry = entryOf(block, nextUseAt(i));
    read ^= byteAt(homesAt, referenceAt(i + AHEAD));
    const home = byteAt(homesAt, block);
    if (home - ONCE <= OFTEN - ONCE) {
      const isOnce = <u32>(home === ONCE);
      once.size -= isOnce;
      often.size += isOnce;
      push(often, entry);
      setByte(homesAt, block, OFTEN);
    } else {
      misses++;
      if (once.size + often.size === capacity) makeWay(home, momentOf(later + i));
      append(home === ABSENT ? once : often, entry);
      setByte(homesAt, block, home === ABSENT ? ONCE : OFTEN);
      isLoose = once.size < leastSteady();
    }
  }
  keep(read);
  return i;
}

/** Evicts for a block of `home`. */
function makeWay(home: u32, moment: u64): void {
  countEvictions(1);
  if (home !== ABSENT) {
    adapt(home);
  } else if (once.size + onceGhost.size >= capacity) {
    drop(onceGhost.size === 0 ? once : onceGhost, moment);
    if (once.size + often.size < capacity) return;
  } else if (onceGhost.size + oftenGhost.size >= capacity) {
    drop(oftenGhost, moment);
  }
  replace(home === OFTEN_GHOST, moment);
}

function adapt(home: u32): void {
  const onceSize = <f64>onceGhost.size;
  const oftenSize = <f64>oftenGhost.size;
  if (home === ONCE_GHOST) {
    target = min(target + max<f64>(oftenSize / onceSize, 1), <f64>capacity);
    onceGhost.size--;
  } else {
    target = max<f64>(target - max<f64>(onceSize / oftenSize, 1), 0);
    oftenGhost.size--;
  }
}

/** The paper's REPLACE. */
function replace(fromOftenGhost: bool, moment: u64): void {
  const onceSize = <f64>once.size;
  const isOnce =
    often.size === 0 ||
    (once.size > 0 && (onceSize > target || (onceSize === target && fromOftenGhost)));
  if (isOnce) remember(once, onceGhost, ONCE_GHOST, moment);
  else remember(often, oftenGhost, OFTEN_GHOST, moment);
}

function remember(from: UseLog, ghost: UseLog, home: u32, moment: u64): void {
  const entry = popOldest(from, moment);
  append(ghost, entry);
  setByte(homes, <u32>entry, home);
}

function drop(log: UseLog, moment: u64): void {
  setByte(homes, <u32>popOldest(log, moment), ABSENT);
}
