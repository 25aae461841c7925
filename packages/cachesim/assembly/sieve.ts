import { AHEAD, countEvictions, keep, referenceAt, reserve } from './memory';
import { byteAt, createWords, setByte, setWord, wordAt } from './words';

const ABSENT: u32 = 0;
const FRESH: u32 = 1;
const HIT: u32 = 2;

/** By block: whether it is here, and was hit since the hand passed. One more that is no block and always hit. */
let states: usize = 0;
let hole: u32 = 0;
/** Blocks from the oldest to the youngest, with holes where blocks left. */
let log: usize = 0;
let length: u32 = 0;
let capacity: u32 = 0;
let size: u32 = 0;
let hand: u32 = 0;
let end: u32 = 0;
/** Whether less than a quarter of the references missed lately. */
let isMissRare: bool = false;

/** SIEVE over a log with holes: a byte a block, so that the states of a million stay near the processor. */
export function createSieve(distinctBlocks: u32, capacityBlocks: u32): void {
  capacity = capacityBlocks;
  hole = distinctBlocks;
  const most = min(capacityBlocks, distinctBlocks);
  length = max(2 * most, min(8 * most, distinctBlocks)) + 1;
  states = reserve(<u64>distinctBlocks + 1);
  setByte(states, hole, HIT);
  log = createWords(length);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runSieve(from: u32, to: u32): u32 {
  let misses: u32 = 0;
  let i = from;
  for (; i < to && size < capacity; i++) {
    const block = referenceAt(i);
    const isMiss = byteAt(states, block) === ABSENT;
    setByte(states, block, isMiss ? FRESH : HIT);
    if (!isMiss) continue;
    misses++;
    size++;
    if (end === length) compact();
    setWord(log, end++, block);
  }
  while (i < to) {
    if (end === length) compact();
    const endBefore = end;
    i = runFull(i, to);
    misses += end - endBefore;
    countEvictions(end - endBefore);
  }
  isMissRare = misses < (to - from) >> 2;
  return to - from - misses;
}

/**
 * References as long as the log has room; where it stopped. Where misses are neither rare nor usual no processor predicts
 * them, so there is no branch on them: a hit does what a miss does, and writes what is there already.
 */
function runFull(from: u32, to: u32): u32 {
  const statesAt = states;
  const logAt = log;
  const branches = isMissRare;
  let handAt = hand;
  let endAt = end;
  let read: u32 = 0;
  let i = from;
  for (; i < to && endAt < length; i++) {
    const block = referenceAt(i);
    read ^= byteAt(statesAt, referenceAt(i + AHEAD));
    const isMiss = byteAt(statesAt, block) === ABSENT;
    if (branches && !isMiss) {
      setByte(statesAt, block, HIT);
      continue;
    }
    let found = wordAt(logAt, handAt);
    let state = byteAt(statesAt, found);
    if (state !== FRESH && isMiss) {
      do {
        setByte(statesAt, found, found === hole ? HIT : FRESH);
        handAt = handAt + 1 === endAt ? 0 : handAt + 1;
        found = wordAt(logAt, handAt);
        state = byteAt(statesAt, found);
      } while (state !== FRESH);
    }
    setByte(statesAt, found, select(ABSENT, state, isMiss));
    setWord(logAt, handAt, select(hole, found, isMiss));
    handAt = select(select<u32>(0, handAt + 1, handAt + 1 === endAt), handAt, isMiss);
    setWord(logAt, endAt, block);
    endAt += <u32>isMiss;
    setByte(statesAt, block, select(FRESH, HIT, isMiss));
  }
  keep(read);
  hand = handAt;
  end = endAt;
  return i;
}

/** Closes the holes. */
function compact(): void {
  let to: u32 = 0;
  let newHand: u32 = 0;
  for (let at: u32 = 0; at < end; at++) {
    if (at === hand) newHand = to;
    const block = wordAt(log, at);
    setWord(log, to, block);
    to += <u32>(block !== hole);
  }
  hand = newHand === to ? 0 : newHand;
  end = to;
}
