import { addToSketch, createSketch, estimate, peekCounters } from './frequency-sketch';
import {
  append,
  createLog,
  dropOldest,
  homeOf,
  LazyLog,
  peekOldest,
  popOldest,
  refresh,
} from './lazy-log';
import { AHEAD, countEvictions, keep, referenceAt } from './memory';
import { createWords, wordAt } from './words';

const WINDOW: u32 = 1;
const PROBATION: u32 = 2;
const PROTECTED: u32 = 3;

let stamps: usize = 0;
let recent: LazyLog = changetype<LazyLog>(0);
let probation: LazyLog = changetype<LazyLog>(0);
let guarded: LazyLog = changetype<LazyLog>(0);
let capacity: u32 = 0;
let windowLimit: u32 = 0;
let protectedLimit: u32 = 0;
let size: u32 = 0;

/** W-TinyLFU over lazy logs: a stamp a block, and the sketch. */
export function createWTinyLfu(
  distinctBlocks: u32,
  capacityBlocks: u32,
  windowBlocks: u32,
  protectedBlocks: u32,
): void {
  capacity = capacityBlocks;
  windowLimit = windowBlocks;
  protectedLimit = protectedBlocks;
  stamps = createWords(distinctBlocks);
  createSketch(min(capacityBlocks, distinctBlocks), distinctBlocks);
  recent = createLog(WINDOW, windowBlocks + 1, stamps, distinctBlocks);
  probation = createLog(PROBATION, capacityBlocks, stamps, distinctBlocks);
  guarded = createLog(PROTECTED, capacityBlocks, stamps, distinctBlocks);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runWTinyLfu(from: u32, to: u32): u32 {
  let hits: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    read ^= wordAt(stamps, referenceAt(i + AHEAD)) ^ peekCounters(referenceAt(i + AHEAD));
    const home = homeOf(wordAt(stamps, block));
    addToSketch(block);
    if (home === PROTECTED) {
      hits++;
      refresh(guarded, block);
    } else if (home === PROBATION) {
      hits++;
      protect(block);
    } else if (home === WINDOW) {
      hits++;
      refresh(recent, block);
    } else {
      place(block);
    }
  }
  keep(read);
  return hits;
}

function protect(block: u32): void {
  probation.size--;
  append(guarded, block);
  while (guarded.size > protectedLimit) append(probation, popOldest(guarded));
}

function place(block: u32): void {
  if (size === capacity) evict();
  else size++;
  append(recent, block);
  while (recent.size > windowLimit) append(probation, popOldest(recent));
}

function evict(): void {
  countEvictions(1);
  const main = probation.size > 0 ? probation : guarded;
  if (main.size === 0) {
    dropOldest(recent);
  } else if (recent.size < windowLimit) {
    dropOldest(main);
  } else if (estimate(peekOldest(recent)) <= estimate(peekOldest(main))) {
    dropOldest(recent);
  } else {
    dropOldest(main);
    append(probation, popOldest(recent));
  }
}
