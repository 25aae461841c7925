import { append, createLog, dropOldest, homeOf, LazyLog, refresh } from './lazy-log';
import { AHEAD, countEvictions, keep, referenceAt } from './memory';
import { createRing, popRing, pushRing, Ring, ringSize } from './ring';
import { createWords, setWord, wordAt } from './words';

const IN: u32 = 1;
const MAIN: u32 = 2;
const OUT: u32 = 3;

let stamps: usize = 0;
let capacity: u32 = 0;
let inLimit: u32 = 0;
let outLimit: u32 = 0;
let inRing: Ring = changetype<Ring>(0);
let main: LazyLog = changetype<LazyLog>(0);
let out: LazyLog = changetype<LazyLog>(0);

/** 2Q: A1in in a ring, Am and A1out in lazy logs; a stamp a block. */
export function createTwoQ(
  distinctBlocks: u32,
  capacityBlocks: u32,
  inBlocks: u32,
  outBlocks: u32,
): void {
  capacity = capacityBlocks;
  inLimit = inBlocks;
  outLimit = outBlocks;
  stamps = createWords(distinctBlocks);
  inRing = createRing(min(capacityBlocks, distinctBlocks));
  main = createLog(MAIN, capacityBlocks, stamps, distinctBlocks);
  out = createLog(OUT, outBlocks, stamps, distinctBlocks);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runTwoQ(from: u32, to: u32): u32 {
  let hits: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    read ^= wordAt(stamps, referenceAt(i + AHEAD));
    const home = homeOf(wordAt(stamps, block));
    if (home === MAIN) {
      hits++;
      refresh(main, block);
    } else if (home === IN) {
      hits++;
    } else {
      place(block, home);
    }
  }
  keep(read);
  return hits;
}

function place(block: u32, home: u32): void {
  if (home === OUT) {
    out.size--;
    setWord(stamps, block, 0);
  }
  if (ringSize(inRing) + main.size === capacity) evict();
  if (home === OUT) {
    append(main, block);
    return;
  }
  pushRing(inRing, block);
  setWord(stamps, block, IN);
}

function evict(): void {
  countEvictions(1);
  if (ringSize(inRing) <= inLimit && main.size > 0) {
    dropOldest(main);
    return;
  }
  const block = popRing(inRing);
  setWord(stamps, block, 0);
  if (outLimit === 0) return;
  if (out.size === outLimit) dropOldest(out);
  append(out, block);
}
