import { AHEAD, countEvictions, keep, referenceAt, reserve } from './memory';
import { createWords, setWord, wordAt } from './words';

/** Places of the log begin here, so that 0 says absent. */
const FIRST: u32 = 64;

/** By block: its place in the log, 0 where absent. */
let places: usize = 0;
/** Blocks from the oldest to the youngest, with holes where blocks left. */
let log: usize = 0;
/** A bit a place: a block lies there; and it was not hit since the hand passed. */
let alive: usize = 0;
let fresh: usize = 0;
let length: u32 = 0;
let capacity: u32 = 0;
let size: u32 = 0;
let hand: u32 = FIRST;
let end: u32 = FIRST;

/** SIEVE with the hand on a bitset: it passes 64 places at a time, and a hit clears a bit. */
export function createSieve(distinctBlocks: u32, capacityBlocks: u32): void {
  capacity = capacityBlocks;
  const most = min(capacityBlocks, distinctBlocks);
  length = ((max(2 * most, min(8 * most, distinctBlocks)) + 63) & ~63) + 2 * FIRST;
  places = createWords(distinctBlocks);
  log = createWords(length);
  alive = reserve(length >> 3);
  fresh = reserve(length >> 3);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runSieve(from: u32, to: u32): u32 {
  let hits: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    read ^= wordAt(places, referenceAt(i + AHEAD));
    const place = wordAt(places, block);
    if (place !== 0) {
      hits++;
      const at = wordOf(fresh, place);
      store<u64>(at, load<u64>(at) & ~((<u64>1) << place));
      continue;
    }
    if (size < capacity) size++;
    else evict();
    if (end === length) compact();
    setWord(log, end, block);
    setWord(places, block, end);
    const bit = (<u64>1) << end;
    store<u64>(wordOf(alive, end), load<u64>(wordOf(alive, end)) | bit);
    store<u64>(wordOf(fresh, end), load<u64>(wordOf(fresh, end)) | bit);
    end++;
  }
  keep(read);
  return hits;
}

/** The 64 bits in which the bit of `place` lies. */
function wordOf(bits: usize, place: u32): usize {
  return bits + ((<usize>place >> 6) << 3);
}

function evict(): void {
  let ahead = ~(<u64>0) << hand;
  let at: u32 = hand;
  let found = load<u64>(wordOf(fresh, at)) & ahead;
  while (found === 0) {
    pass(at, ahead);
    at = (at | 63) + 1;
    if (at >= end) at = FIRST;
    ahead = ~(<u64>0);
    found = load<u64>(wordOf(fresh, at));
  }
  const bit = found & -found;
  pass(at, ahead & (bit - 1));
  store<u64>(wordOf(alive, at), load<u64>(wordOf(alive, at)) & ~bit);
  store<u64>(wordOf(fresh, at), load<u64>(wordOf(fresh, at)) & ~bit);
  const place = (at & ~63) + <u32>ctz(bit);
  setWord(places, wordAt(log, place), 0);
  hand = place + 1 === end ? FIRST : place + 1;
  countEvictions(1);
}

/** The hand spares the blocks of `mask` in the word of `at`. */
function pass(at: u32, mask: u64): void {
  const spared = load<u64>(wordOf(alive, at)) & mask;
  store<u64>(wordOf(fresh, at), load<u64>(wordOf(fresh, at)) | spared);
}

/** Closes the holes. */
function compact(): void {
  let to = FIRST;
  let newHand: u32 = 0;
  for (let at = FIRST; at < end; at += 64) {
    const freshBefore = load<u64>(wordOf(fresh, at));
    let rest = load<u64>(wordOf(alive, at));
    store<u64>(wordOf(alive, at), 0);
    store<u64>(wordOf(fresh, at), 0);
    for (; rest !== 0; rest &= rest - 1) {
      const from = at + <u32>ctz(rest);
      const block = wordAt(log, from);
      if (newHand === 0 && from >= hand) newHand = to;
      const bit = (<u64>1) << to;
      store<u64>(wordOf(alive, to), load<u64>(wordOf(alive, to)) | bit);
      const isFresh = (freshBefore >> from) & 1;
      store<u64>(wordOf(fresh, to), load<u64>(wordOf(fresh, to)) | (isFresh << to));
      setWord(log, to, block);
      setWord(places, block, to++);
    }
  }
  hand = newHand === 0 ? FIRST : newHand;
  end = to;
}
