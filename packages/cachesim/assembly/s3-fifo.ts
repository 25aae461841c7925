import { append, createLog, LazyLog, popOldest } from './lazy-log';
import { AHEAD, countEvictions, evictions, keep, referenceAt, reserve } from './memory';
import { createRing, popRing, pushRing, Ring, ringSize } from './ring';
import { byteAt, createWords, setByte, setWord } from './words';

/** A block's byte: home in the low bits, hits above. */
const ABSENT: u32 = 0;
const GHOST: u32 = 1;
const SMALL: u32 = 2;
const MAIN: u32 = 3;
const HIT: u32 = 4;

let states: usize = 0;
let ghostStamps: usize = 0;
let small: Ring = changetype<Ring>(0);
let main: Ring = changetype<Ring>(0);
let ghost: LazyLog = changetype<LazyLog>(0);
let capacity: u32 = 0;
let smallLimit: u32 = 0;
let ghostLimit: u32 = 0;
let promoteAt: u32 = 0;
/** The byte of a block of main with as many hits as are told apart, less one hit. */
let mostHits: u32 = 0;
let spills: bool = false;

/** S3-FIFO over two rings and a lazy log of ghosts: a byte and a stamp a block. */
export function createS3Fifo(
  distinctBlocks: u32,
  capacityBlocks: u32,
  smallBlocks: u32,
  ghostBlocks: u32,
  promoteHits: u32,
  isSpilling: bool,
): void {
  capacity = capacityBlocks;
  smallLimit = smallBlocks;
  ghostLimit = ghostBlocks;
  promoteAt = promoteHits;
  mostHits = max<u32>(3, promoteHits);
  spills = isSpilling;
  states = reserve(distinctBlocks);
  ghostStamps = createWords(distinctBlocks);
  small = createRing(min(capacityBlocks, distinctBlocks));
  main = createRing(min(capacityBlocks, distinctBlocks));
  ghost = createLog(GHOST, ghostBlocks, ghostStamps, distinctBlocks);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runS3Fifo(from: u32, to: u32): u32 {
  const most = mostHits << 2;
  let hits: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    read ^= byteAt(states, referenceAt(i + AHEAD));
    const known = byteAt(states, block);
    if (known >= SMALL) {
      hits++;
      setByte(states, block, known + ((<u32>(known < most)) << 2));
    } else {
      miss(block, known);
    }
  }
  keep(read);
  return hits;
}

function miss(block: u32, known: u32): void {
  if (known === GHOST) {
    ghost.size--;
    setWord(ghostStamps, block, 0);
    setByte(states, block, ABSENT);
  }
  if (ringSize(small) + ringSize(main) === capacity) evict();
  const toMain = known === GHOST || (spills && evictions() === 0 && ringSize(small) >= smallLimit);
  if (toMain) {
    setByte(states, block, MAIN);
    pushRing(main, block);
  } else {
    setByte(states, block, SMALL);
    pushRing(small, block);
  }
}

function evict(): void {
  countEvictions(1);
  if (ringSize(main) + smallLimit <= capacity) {
    while (ringSize(small) > 0) {
      const block = popRing(small);
      if (byteAt(states, block) >> 2 < promoteAt) {
        remember(block);
        return;
      }
      setByte(states, block, MAIN);
      pushRing(main, block);
    }
  }
  let block = popRing(main);
  let known = byteAt(states, block);
  while (known >= HIT) {
    setByte(states, block, ((min<u32>(known >> 2, 3) - 1) << 2) | MAIN);
    pushRing(main, block);
    block = popRing(main);
    known = byteAt(states, block);
  }
  setByte(states, block, ABSENT);
}

function remember(block: u32): void {
  setByte(states, block, ABSENT);
  if (ghostLimit === 0) return;
  if (ghost.size === ghostLimit) setByte(states, popOldest(ghost), ABSENT);
  append(ghost, block);
  setByte(states, block, GHOST);
}
