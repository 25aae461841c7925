import { addToSketch, createSketch, estimate } from './frequency-sketch';
import { AHEAD, countEvictions, keep, nextUseAt, referenceAt, reserve } from './memory';
import {
  append,
  createUseLog,
  ENTRY,
  entryOf,
  makeRoom,
  momentOf,
  peekOldest,
  popOldest,
  push,
  ROOM,
  UseLog,
} from './use-log';
import { byteAt, setByte } from './words';

const ABSENT: u32 = 0;
const WINDOW: u32 = 1;
const PROBATION: u32 = 2;
const PROTECTED: u32 = 3;

/** By block: the log that it is in. */
let homes: usize = 0;
let recent: UseLog = changetype<UseLog>(0);
let probation: UseLog = changetype<UseLog>(0);
let guarded: UseLog = changetype<UseLog>(0);
let capacity: u32 = 0;
let windowLimit: u32 = 0;
let protectedLimit: u32 = 0;
let size: u32 = 0;
/** References so far. */
let clock: u32 = 0;

/** W-TinyLFU over logs of uses: a byte a block, and the sketch. */
export function createWTinyLfu(
  distinctBlocks: u32,
  capacityBlocks: u32,
  windowBlocks: u32,
  protectedBlocks: u32,
): void {
  capacity = capacityBlocks;
  windowLimit = windowBlocks;
  protectedLimit = protectedBlocks;
  homes = reserve(distinctBlocks);
  createSketch(min(capacityBlocks, distinctBlocks), distinctBlocks);
  const most = min(capacityBlocks, distinctBlocks);
  const spare = distinctBlocks >> 2;
  recent = createUseLog(min(windowBlocks + 1, distinctBlocks), spare);
  probation = createUseLog(most, spare);
  guarded = createUseLog(most, spare);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runWTinyLfu(from: u32, to: u32): u32 {
  let hits: u32 = 0;
  for (let begin = from; begin < to; begin += ROOM / 2) {
    const end = min(to, begin + ROOM / 2);
    const moment = momentOf(clock);
    makeRoom(recent, moment);
    makeRoom(probation, moment);
    makeRoom(guarded, moment);
    hits += runChunk(begin, end, clock + 1 - begin);
    clock += end - begin;
  }
  return hits;
}

function runChunk(from: u32, to: u32, later: u32): u32 {
  const homesAt = homes;
  let misses: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    const entry = entryOf(block, nextUseAt(i));
    read ^= byteAt(homesAt, referenceAt(i + AHEAD));
    const home = byteAt(homesAt, block);
    addToSketch(block);
    if (home === PROTECTED || home === WINDOW) {
      push(home === PROTECTED ? guarded : recent, entry);
    } else if (home === PROBATION) {
      protect(entry, momentOf(later + i));
    } else {
      misses++;
      if (isSteady()) compete(entry, momentOf(later + i));
      else place(entry, momentOf(later + i));
    }
  }
  keep(read);
  return to - from - misses;
}

/** Whether the eldest of the window goes on to compete with the eldest on probation. */
function isSteady(): bool {
  return size === capacity && recent.size === windowLimit && probation.size > 0;
}

/** A new block in the steady state. With a branch on who wins, mostly the victim: else the next has to wait for the sketch. */
function compete(entry: u64, moment: u64): void {
  const candidate = peekOldest(recent, moment);
  const victim = peekOldest(probation, moment);
  if (estimate(<u32>candidate) > estimate(<u32>victim)) {
    setByte(homes, <u32>candidate, PROBATION);
    setByte(homes, <u32>victim, ABSENT);
    probation.begin += ENTRY;
    push(probation, candidate);
  } else {
    setByte(homes, <u32>candidate, ABSENT);
  }
  recent.begin += ENTRY;
  push(recent, entry);
  setByte(homes, <u32>entry, WINDOW);
  countEvictions(1);
}

function protect(entry: u64, moment: u64): void {
  probation.size--;
  put(guarded, entry, PROTECTED);
  while (guarded.size > protectedLimit) put(probation, popOldest(guarded, moment), PROBATION);
}

function place(entry: u64, moment: u64): void {
  if (size === capacity) evict(moment);
  else size++;
  put(recent, entry, WINDOW);
  while (recent.size > windowLimit) put(probation, popOldest(recent, moment), PROBATION);
}

function evict(moment: u64): void {
  countEvictions(1);
  const main = probation.size > 0 ? probation : guarded;
  if (main.size === 0) {
    drop(recent, moment);
    return;
  }
  if (recent.size < windowLimit) {
    drop(main, moment);
  } else if (estimate(<u32>peekOldest(recent, moment)) <= estimate(<u32>peekOldest(main, moment))) {
    drop(recent, moment);
  } else {
    drop(main, moment);
    put(probation, popOldest(recent, moment), PROBATION);
  }
}

function put(log: UseLog, entry: u64, home: u32): void {
  append(log, entry);
  setByte(homes, <u32>entry, home);
}

function drop(log: UseLog, moment: u64): void {
  setByte(homes, <u32>popOldest(log, moment), ABSENT);
}
