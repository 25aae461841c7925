import { append, createLog, LazyLog, peekOldest, popOldest, refresh } from './lazy-log';
import { AHEAD, countEvictions, keep, referenceAt, reserve } from './memory';
import { byteAt, createWords, setByte, setWord, wordAt } from './words';

/** What a block is: absent, LIR, resident HIR, HIR that is remembered only. */
const ABSENT: u32 = 0;
const LIR: u32 = 1;
const HIR: u32 = 2;
const GONE: u32 = 3;

let kinds: usize = 0;
/** A block is in the stack iff its stamp is not 0; the queue and what has left it share stamps. */
let stackStamps: usize = 0;
let queueStamps: usize = 0;
/** By last use. */
let stack: LazyLog = changetype<LazyLog>(0);
let queue: LazyLog = changetype<LazyLog>(0);
let gone: LazyLog = changetype<LazyLog>(0);
let capacity: u32 = 0;
let lirLimit: u32 = 0;
let lirCount: u32 = 0;

/** LIRS over lazy logs: 9 bytes a block. */
export function createLirs(distinctBlocks: u32, capacityBlocks: u32, hirBlocks: u32): void {
  capacity = capacityBlocks;
  lirLimit = capacityBlocks - hirBlocks;
  kinds = reserve(distinctBlocks);
  stackStamps = createWords(distinctBlocks);
  queueStamps = createWords(distinctBlocks);
  stack = createLog(1, 2 * capacityBlocks + 1, stackStamps, distinctBlocks);
  queue = createLog(1, hirBlocks + 1, queueStamps, distinctBlocks);
  gone = createLog(2, 2 * capacityBlocks, queueStamps, distinctBlocks);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runLirs(from: u32, to: u32): u32 {
  let hits: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++) {
    const block = referenceAt(i);
    read ^= byteAt(kinds, referenceAt(i + AHEAD));
    const kind = byteAt(kinds, block);
    if (kind === LIR) {
      hits++;
      refresh(stack, block);
      prune();
      continue;
    }
    if (kind === HIR) {
      hits++;
      hitHir(block);
    } else {
      place(block, kind);
    }
    while (stack.size > 2 * capacity && gone.size > 0) forgetOldest();
  }
  keep(read);
  return hits;
}

function hitHir(block: u32): void {
  if (wordAt(stackStamps, block) === 0) {
    refresh(queue, block);
    append(stack, block);
    return;
  }
  takeFrom(queue, block);
  refresh(stack, block);
  makeLir(block);
}

function place(block: u32, kind: u32): void {
  if (kind === GONE) {
    takeFrom(gone, block);
    refresh(stack, block);
    prune();
  }
  if (lirCount + queue.size === capacity) evict();
  if (kind === GONE) {
    makeLir(block);
    return;
  }
  append(stack, block);
  if (lirCount < lirLimit) {
    setByte(kinds, block, LIR);
    lirCount++;
  } else {
    setByte(kinds, block, HIR);
    append(queue, block);
  }
}

/** `block` is the youngest of the stack and in no queue. */
function makeLir(block: u32): void {
  setByte(kinds, block, LIR);
  lirCount++;
  prune();
  while (lirCount > lirLimit) demoteEldest();
}

function demoteEldest(): void {
  const block = popOldest(stack);
  setWord(stackStamps, block, 0);
  setByte(kinds, block, HIR);
  lirCount--;
  append(queue, block);
  prune();
}

/** Takes HIR blocks off the old end, so that the eldest of the stack is LIR; the youngest stays in any case. */
function prune(): void {
  while (stack.size > 1) {
    const block = peekOldest(stack);
    const kind = byteAt(kinds, block);
    if (kind === LIR) return;
    takeFrom(stack, block);
    if (kind !== GONE) continue;
    takeFrom(gone, block);
    setByte(kinds, block, ABSENT);
  }
}

function evict(): void {
  const block = popOldest(queue);
  setWord(queueStamps, block, 0);
  countEvictions(1);
  if (wordAt(stackStamps, block) === 0) {
    setByte(kinds, block, ABSENT);
    return;
  }
  setByte(kinds, block, GONE);
  append(gone, block);
}

function forgetOldest(): void {
  const block = popOldest(gone);
  setWord(queueStamps, block, 0);
  setByte(kinds, block, ABSENT);
  takeFrom(stack, block);
}

function takeFrom(log: LazyLog, block: u32): void {
  log.size--;
  setWord(log.stamps, block, 0);
}
