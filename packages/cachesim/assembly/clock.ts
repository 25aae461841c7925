import { AHEAD, countEvictions, keep, referenceAt, reserve } from './memory';
import { byteAt, createWords, setByte, setWord, wordAt } from './words';

/** In each of eight bytes: one, and the most that a counter can be. */
const ONES: u64 = 0x0101010101010101;
const MOST: u64 = 0x7f7f7f7f7f7f7f7f;

/** By block: 1 + its slot of the ring, 0 where absent. */
let slots: usize = 0;
let ring: usize = 0;
/** By slot: chances left, a byte each, so that the hand passes eight at a time. */
let chances: usize = 0;
let capacity: u32 = 0;
let most: u32 = 0;
let size: u32 = 0;
let hand: u32 = 0;

/** CLOCK as a ring; the new block takes the victim's slot. 4 bytes a block and 5 a slot. */
export function createClock(distinctBlocks: u32, capacityBlocks: u32, mostChances: u32): void {
  capacity = capacityBlocks;
  most = mostChances;
  const slotCount = min(capacityBlocks, distinctBlocks);
  slots = createWords(distinctBlocks);
  ring = createWords(slotCount);
  chances = reserve(<u64>slotCount + 8);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runClock(from: u32, to: u32): u32 {
  let hits: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    read ^= wordAt(slots, referenceAt(i + AHEAD));
    const slot = wordAt(slots, block);
    if (slot !== 0) {
      hits++;
      const left = byteAt(chances, slot - 1);
      setByte(chances, slot - 1, left + <u32>(left < most));
      continue;
    }
    const at = size < capacity ? size++ : evict();
    setWord(ring, at, block);
    setWord(slots, block, at + 1);
  }
  keep(read);
  return hits;
}

/** The slot that the hand stops at; each that it passes has a chance less. */
function evict(): u32 {
  let word = hand & ~7;
  let ahead = slotsIn(word) & (~(<u64>0) << ((hand & 7) << 3));
  let bytes = load<u64>(chances + word);
  let spent = ~(bytes + MOST) & ~MOST & ahead;
  while (spent === 0) {
    store<u64>(chances + word, bytes - (ONES & ahead));
    word = word + 8 < capacity ? word + 8 : 0;
    ahead = slotsIn(word);
    bytes = load<u64>(chances + word);
    spent = ~(bytes + MOST) & ~MOST & ahead;
  }
  const shift = <u64>ctz(spent) & ~7;
  store<u64>(chances + word, bytes - (ONES & ahead & (((<u64>1) << shift) - 1)));
  const slot = word + <u32>(shift >> 3);
  hand = slot + 1 === capacity ? 0 : slot + 1;
  setWord(slots, wordAt(ring, slot), 0);
  countEvictions(1);
  return slot;
}

/** All bits of the eight slots from `word` on that the ring has. */
function slotsIn(word: u32): u64 {
  const left = capacity - word;
  return left < 8 ? ((<u64>1) << (left << 3)) - 1 : ~(<u64>0);
}
