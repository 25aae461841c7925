import { append, createLog, dropOldest, homeOf, LazyLog, popOldest, refresh } from './lazy-log';
import { AHEAD, countEvictions, keep, referenceAt } from './memory';
import { createWords, setWord, wordAt } from './words';

const ABSENT: u32 = 0;
const ONCE: u32 = 1;
const OFTEN: u32 = 2;
const ONCE_GHOST: u32 = 3;
const OFTEN_GHOST: u32 = 4;

let stamps: usize = 0;
let capacity: u32 = 0;
let once: LazyLog = changetype<LazyLog>(0);
let often: LazyLog = changetype<LazyLog>(0);
let onceGhost: LazyLog = changetype<LazyLog>(0);
let oftenGhost: LazyLog = changetype<LazyLog>(0);
/** Wanted size of T1. */
let target: f64 = 0;

/** ARC over lazy logs: a stamp a block. */
export function createArc(distinctBlocks: u32, capacityBlocks: u32): void {
  capacity = capacityBlocks;
  stamps = createWords(distinctBlocks);
  once = createLog(ONCE, capacityBlocks, stamps, distinctBlocks);
  often = createLog(OFTEN, capacityBlocks, stamps, distinctBlocks);
  onceGhost = createLog(ONCE_GHOST, capacityBlocks + 1, stamps, distinctBlocks);
  oftenGhost = createLog(OFTEN_GHOST, 2 * capacityBlocks, stamps, distinctBlocks);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runArc(from: u32, to: u32): u32 {
  let hits: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    read ^= wordAt(stamps, referenceAt(i + AHEAD));
    const home = homeOf(wordAt(stamps, block));
    if (home - ONCE <= OFTEN - ONCE) {
      hits++;
      const isOnce = <u32>(home === ONCE);
      once.size -= isOnce;
      often.size += isOnce;
      refresh(often, block);
    } else {
      miss(block, home);
    }
  }
  keep(read);
  return hits;
}

function miss(block: u32, home: u32): void {
  const isFull = once.size + often.size === capacity;
  if (home === ABSENT) {
    if (isFull) makeRoomForNew();
    append(once, block);
    return;
  }
  adapt(home);
  setWord(stamps, block, 0);
  if (isFull) replace(home === OFTEN_GHOST);
  append(often, block);
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

function makeRoomForNew(): void {
  if (once.size + onceGhost.size >= capacity) {
    if (onceGhost.size === 0) {
      dropOldest(once);
      countEvictions(1);
      return;
    }
    dropOldest(onceGhost);
  } else if (once.size + often.size + onceGhost.size + oftenGhost.size >= 2 * capacity) {
    dropOldest(oftenGhost);
  }
  replace(false);
}

/** The paper's REPLACE. */
function replace(fromOftenGhost: bool): void {
  const onceSize = <f64>once.size;
  const isOnce =
    often.size === 0 ||
    (once.size > 0 && (onceSize > target || (onceSize === target && fromOftenGhost)));
  if (isOnce) append(onceGhost, popOldest(once));
  else append(oftenGhost, popOldest(often));
  countEvictions(1);
}
