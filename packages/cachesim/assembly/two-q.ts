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
import { byteAt, createWords, setByte, setWord, wordAt } from './words';

/** A block's byte: home in the low bits, above them how many entries of A1out it has outlived. */
const ABSENT: u32 = 0;
const IN: u32 = 1;
const MAIN: u32 = 2;
const OUT: u32 = 3;
const HOME: u32 = 3;
const STALE: u32 = 4;
const MOST: u32 = 255;

let states: usize = 0;
let capacity: u32 = 0;
let inLimit: u32 = 0;
let outLimit: u32 = 0;
let main: UseLog = changetype<UseLog>(0);
/** A1in and A1out: rings of blocks, each with what an index has to be masked with. */
let inRing: usize = 0;
let inMask: u32 = 0;
let inBegin: u32 = 0;
let inEnd: u32 = 0;
let outRing: usize = 0;
let outMask: u32 = 0;
let outBegin: u32 = 0;
let outEnd: u32 = 0;
/** Entries of A1out that count. */
let outSize: u32 = 0;
/** References and misses so far. */
let clock: u32 = 0;
let misses: u32 = 0;

/** 2Q: A1in and A1out in rings, Am in a log of uses; a byte a block. */
export function createTwoQ(
  distinctBlocks: u32,
  capacityBlocks: u32,
  inBlocks: u32,
  outBlocks: u32,
): void {
  capacity = capacityBlocks;
  inLimit = inBlocks;
  outLimit = min(outBlocks, distinctBlocks);
  states = reserve(distinctBlocks);
  const most = min(capacityBlocks, distinctBlocks);
  main = createUseLog(most, distinctBlocks >> 1);
  inMask = maskOf(most + 1);
  inRing = createWords(inMask + 1);
  outMask = maskOf(outLimit + (outLimit >> 1) + ROOM);
  outRing = createWords(outMask + 1);
}

/** For a ring of at least `count` slots. */
function maskOf(count: u32): u32 {
  return (1 << (32 - clz(count))) - 1;
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runTwoQ(from: u32, to: u32): u32 {
  const missesBefore = misses;
  for (let begin = from; begin < to; begin += ROOM) {
    const end = min(to, begin + ROOM);
    makeRoom(main, momentOf(clock));
    if (outEnd - outBegin + ROOM > outMask) compactOut();
    const later = clock + 1 - begin;
    for (let i = begin; i < end; ) {
      if (isSteady()) i = runSteady(i, end);
      i = runAny(i, end, later);
    }
    clock += end - begin;
  }
  return to - from - (misses - missesBefore);
}

/** Whether a new block moves the eldest of A1in to A1out and drops the eldest there. */
function isSteady(): bool {
  const inSize = inEnd - inBegin;
  return inSize > inLimit && inSize + main.size === capacity && outSize > 0 && outSize === outLimit;
}

/** Hits and new blocks, up to the first that A1out remembers; where it stopped. Without a branch on which it is. */
function runSteady(from: u32, to: u32): u32 {
  const statesAt = states;
  const inAt = inRing;
  const outAt = outRing;
  const room = inEnd - inBegin;
  let begin = inBegin;
  let outFrom = outBegin;
  let outTo = outEnd;
  let mainEnd = main.end;
  let read: u32 = 0;
  let i = from;
  for (; i < to; i++) {
    const block = referenceAt(i);
    read ^= byteAt(statesAt, referenceAt(i + AHEAD));
    const state = byteAt(statesAt, block);
    const home = state & HOME;
    if (home === OUT) break;
    const isNew = home === ABSENT;
    let dropped = wordAt(outAt, outFrom & outMask);
    let ghost = byteAt(statesAt, dropped);
    while (ghost >= STALE) {
      setByte(statesAt, dropped, ghost - STALE);
      dropped = wordAt(outAt, ++outFrom & outMask);
      ghost = byteAt(statesAt, dropped);
    }
    setByte(statesAt, dropped, select(ABSENT, ghost, isNew));
    const eldest = wordAt(inAt, begin & inMask);
    const known = byteAt(statesAt, eldest);
    setByte(statesAt, eldest, select(known + (OUT - IN), known, isNew));
    setWord(outAt, outTo & outMask, eldest);
    const own = byteAt(statesAt, block);
    setByte(statesAt, block, select(own | IN, own, isNew));
    setWord(
      inAt,
      (begin + room) & inMask,
      select(block, wordAt(inAt, (begin + room) & inMask), isNew),
    );
    store<u64>(mainEnd, entryOf(block, nextUseAt(i)));
    mainEnd += select<usize>(ENTRY, 0, home === MAIN);
    const step = <u32>isNew;
    outFrom += step;
    outTo += step;
    begin += step;
  }
  keep(read);
  misses += begin - inBegin;
  countEvictions(begin - inBegin);
  inBegin = begin;
  inEnd = begin + room;
  outBegin = outFrom;
  outEnd = outTo;
  main.end = mainEnd;
  return i;
}

/** Whatever comes, up to the first miss after which {@link runSteady} can go on; where it stopped. */
function runAny(from: u32, to: u32, later: u32): u32 {
  const statesAt = states;
  let read: u32 = 0;
  let i = from;
  for (let isLoose = true; isLoose && i < to; i++) {
    const block = referenceAt(i);
    read ^= byteAt(statesAt, referenceAt(i + AHEAD));
    const home = byteAt(statesAt, block) & HOME;
    if (home === MAIN) {
      push(main, entryOf(block, nextUseAt(i)));
    } else if (home !== IN) {
      misses++;
      if (home === OUT) forget(block);
      if (inEnd - inBegin + main.size === capacity) evict(momentOf(later + i));
      if (home === OUT) {
        append(main, entryOf(block, nextUseAt(i)));
        setByte(statesAt, block, byteAt(statesAt, block) | MAIN);
      } else {
        setWord(inRing, inEnd++ & inMask, block);
        setByte(statesAt, block, byteAt(statesAt, block) | IN);
      }
      isLoose = !isSteady();
    }
  }
  keep(read);
  return i;
}

/** Makes the entry that A1out has of `block` one that does not count. */
function forget(block: u32): void {
  if (byteAt(states, block) + STALE > MOST) compactOut();
  setByte(states, block, byteAt(states, block) + STALE - OUT);
  outSize--;
}

function evict(moment: u64): void {
  countEvictions(1);
  if (inEnd - inBegin <= inLimit && main.size > 0) {
    leave(<u32>popOldest(main, moment));
    return;
  }
  const block = wordAt(inRing, inBegin++ & inMask);
  leave(block);
  if (outLimit === 0) return;
  if (outSize === outLimit) dropOut();
  else outSize++;
  setWord(outRing, outEnd++ & outMask, block);
  setByte(states, block, byteAt(states, block) | OUT);
}

function leave(block: u32): void {
  setByte(states, block, byteAt(states, block) & ~HOME);
}

/** Drops the eldest of A1out, of which there is one. */
function dropOut(): void {
  for (;;) {
    const block = wordAt(outRing, outBegin++ & outMask);
    const state = byteAt(states, block);
    if (state < STALE) {
      leave(block);
      return;
    }
    setByte(states, block, state - STALE);
  }
}

/** Takes the entries that do not count out of A1out. */
function compactOut(): void {
  let to = outBegin;
  for (let from = outBegin; from !== outEnd; from++) {
    const block = wordAt(outRing, from & outMask);
    const state = byteAt(states, block);
    if (state >= STALE) setByte(states, block, state - STALE);
    else setWord(outRing, to++ & outMask, block);
  }
  outEnd = to;
}
