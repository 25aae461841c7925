import { AHEAD, countEvictions, keep, referenceAt, reserve } from './memory';
import { byteAt, createWords, setByte, setWord, wordAt } from './words';

const ABSENT: u32 = 0;
const SPENT: u32 = 1;

/** By block: {@link SPENT} and as many more as it has chances left. */
let states: usize = 0;
let ring: usize = 0;
let capacity: u32 = 0;
/** Highest state. */
let most: u32 = 0;
let size: u32 = 0;
let hand: u32 = 0;
/** Whether less than a quarter of the references missed lately. */
let isMissRare: bool = false;

/** CLOCK as a ring; the new block takes the victim's slot. A byte a block, so that a million stay near the processor. */
export function createClock(distinctBlocks: u32, capacityBlocks: u32, mostChances: u32): void {
  capacity = capacityBlocks;
  most = SPENT + mostChances;
  states = reserve(distinctBlocks);
  ring = createWords(min(capacityBlocks, distinctBlocks) + 1);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runClock(from: u32, to: u32): u32 {
  let hits: u32 = 0;
  let i = from;
  for (; i < to && size < capacity; i++) {
    const block = referenceAt(i);
    const state = byteAt(states, block);
    setByte(states, block, min(state + 1, most));
    if (state === ABSENT) setWord(ring, size++, block);
    else hits++;
  }
  hits += runFull(i, to);
  isMissRare = to - from - hits < (to - from) >> 2;
  return hits;
}

/**
 * Where misses are neither rare nor usual no processor predicts them, so there is no branch on them: a hit does what a miss
 * does, and writes what is there already.
 */
function runFull(from: u32, to: u32): u32 {
  const statesAt = states;
  const ringAt = ring;
  const branches = isMissRare;
  let handAt = hand;
  let misses: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    read ^= byteAt(statesAt, referenceAt(i + AHEAD));
    const state = byteAt(statesAt, block);
    const isMiss = state === ABSENT;
    if (branches && !isMiss) {
      setByte(statesAt, block, min(state + 1, most));
      continue;
    }
    let found = wordAt(ringAt, handAt);
    let left = byteAt(statesAt, found);
    if (<u32>isMiss & <u32>(left > SPENT)) {
      do {
        setByte(statesAt, found, left - 1);
        handAt = handAt + 1 === capacity ? 0 : handAt + 1;
        found = wordAt(ringAt, handAt);
        left = byteAt(statesAt, found);
      } while (left > SPENT);
    }
    misses += <u32>isMiss;
    setByte(statesAt, found, select(ABSENT, left, isMiss));
    setWord(ringAt, handAt, select(block, found, isMiss));
    handAt = select(select<u32>(0, handAt + 1, handAt + 1 === capacity), handAt, isMiss);
    setByte(statesAt, block, min(state + 1, most));
  }
  keep(read);
  hand = handAt;
  countEvictions(misses);
  return to - from - misses;
}
