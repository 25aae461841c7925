import { AHEAD, countEvictions, evictions, keep, referenceAt, reserve } from './memory';
import { byteAt, createWords, setByte, setWord, wordAt } from './words';

const WEYL: u32 = 0x9e3779b1;
const RANGE: f64 = 0x100000000;

/** By block: 1 where resident. */
let resident: usize = 0;
let residents: usize = 0;
let capacity: u32 = 0;
let key: u32 = 0;
let size: u32 = 0;

/** Random eviction: the victim's place goes to the latest block. */
export function createRandom(distinctBlocks: u32, capacityBlocks: u32, streamKey: u32): void {
  capacity = capacityBlocks;
  key = streamKey;
  resident = reserve(distinctBlocks);
  residents = createWords(min(capacityBlocks, distinctBlocks));
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runRandom(from: u32, to: u32): u32 {
  let hits: u32 = 0;
  let i = from;
  for (; i < to && size < capacity; i++) {
    const block = referenceAt(i);
    if (byteAt(resident, block) !== 0) {
      hits++;
      continue;
    }
    setByte(resident, block, 1);
    setWord(residents, size++, block);
  }
  return hits + runFull(i, to);
}

/** Without a branch on whether a reference hits: what a miss writes, a hit writes too, as it is. */
function runFull(from: u32, to: u32): u32 {
  const residentAt = resident;
  const residentsAt = residents;
  const youngest = capacity - 1;
  const evictedBefore = evictions();
  let evicted = evictedBefore;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    read ^= byteAt(residentAt, referenceAt(i + AHEAD));
    const isMiss = byteAt(residentAt, block) === 0;
    const at = drawBelow(evicted, capacity);
    const victim = wordAt(residentsAt, at);
    const last = wordAt(residentsAt, youngest);
    setByte(residentAt, victim, <u32>!isMiss);
    setByte(residentAt, block, 1);
    setWord(residentsAt, at, select(last, victim, isMiss));
    setWord(residentsAt, youngest, select(block, wordAt(residentsAt, youngest), isMiss));
    evicted += <u32>isMiss;
  }
  keep(read);
  countEvictions(evicted - evictedBefore);
  return to - from - (evicted - evictedBefore);
}

/** As the generic frame's policy draws. */
function drawBelow(counter: u32, bound: u32): u32 {
  let x = counter * WEYL + key;
  x = (x ^ (x >> 16)) * 0x85ebca6b;
  x = (x ^ (x >> 13)) * 0xc2b2ae35;
  return <u32>((<f64>(x ^ (x >> 16)) / RANGE) * <f64>bound);
}
