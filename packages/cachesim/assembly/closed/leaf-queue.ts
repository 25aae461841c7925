import { reserve } from '../memory';
import { createWords, setWord, wordAt } from '../words';
import {
  clearPosition,
  firstPositionFrom,
  hasPosition,
  initializeBits,
  PositionBits,
  setPosition,
} from './position-bits';
import { NONE, placeOf, setPlace } from './resident-set';

/**
 * Blocks in order of arrival, from which the oldest that may leave can be picked: a log with a bit for every block that may.
 * Queues whose blocks are disjoint share the places.
 *
 * The block that was loosened last has no bit yet: where a leaf leaves, its parent is mostly the next, and so a chain is
 * unwound without a look at the bits.
 */
@unmanaged
export class LeafQueue {
  loose: PositionBits;
  log: usize;
  length: u32;
  /** No block lies before it. */
  begin: u32;
  end: u32;
  size: u32;
  /** Where {@link advanceHand} goes on. */
  hand: u32;
  /** 1 + the place of the block that was loosened last, 0 where it is fastened again or has its bit. */
  latest: u32;
  /** No bit lies before it. */
  lowest: u32;
}

/** @param maxSize - Most blocks at once. */
export function createLeafQueue(maxSize: u32, distinctBlocks: u32): LeafQueue {
  const queue = changetype<LeafQueue>(reserve(offsetof<LeafQueue>()));
  initializeLeafQueue(queue, maxSize, distinctBlocks);
  return queue;
}

/** {@link createLeafQueue} where the queue already has a place. */
export function initializeLeafQueue(queue: LeafQueue, maxSize: u32, distinctBlocks: u32): void {
  queue.length = 2 * min(maxSize, distinctBlocks) + 64;
  queue.log = createWords(queue.length);
  queue.loose = changetype<PositionBits>(reserve(offsetof<PositionBits>()));
  initializeBits(queue.loose, queue.length);
}

/** Adds `block`, which is in no queue and may not leave yet. */
export function enqueue(queue: LeafQueue, block: u32): void {
  if (queue.end === queue.length) compact(queue);
  const at = queue.end++;
  setWord(queue.log, at, block);
  setPlace(block, at);
  queue.size++;
}

/** `block`, which is here, may leave. */
export function loosen(queue: LeafQueue, block: u32): void {
  giveBit(queue);
  queue.latest = placeOf(block) + 1;
}

/** `block`, which is here, may not leave. */
export function fasten(queue: LeafQueue, block: u32): void {
  const at = placeOf(block);
  if (queue.latest === at + 1) queue.latest = 0;
  else clearPosition(queue.loose, at);
}

/** Takes out `block`, which is here. */
export function dequeue(queue: LeafQueue, block: u32): void {
  const log = queue.log;
  const at = placeOf(block);
  setWord(log, at, NONE);
  fasten(queue, block);
  queue.size--;
  if (at + 1 === queue.end) trim(queue);
}

/** Makes `block`, which is here and may not leave, the youngest. */
export function renew(queue: LeafQueue, block: u32): void {
  setWord(queue.log, placeOf(block), NONE);
  queue.size--;
  enqueue(queue, block);
}

/** The oldest block that may leave, `NONE` where none may. */
export function oldestLoose(queue: LeafQueue): u32 {
  const latest = queue.latest;
  if (latest !== 0 && latest <= queue.lowest) return wordAt(queue.log, latest - 1);
  giveBit(queue);
  const at = firstPositionFrom(queue.loose, queue.lowest);
  queue.lowest = at < 0 ? queue.end : at;
  return at < 0 ? NONE : wordAt(queue.log, at);
}

/** The oldest block; there is one. */
export function eldestOf(queue: LeafQueue): u32 {
  const log = queue.log;
  let at = queue.begin;
  while (wordAt(log, at) === NONE) at++;
  queue.begin = at;
  return wordAt(log, at);
}

/** The next block at or after the hand that may leave, `NONE` where none may; the hand moves past it, at the end to the oldest. */
export function advanceHand(queue: LeafQueue): u32 {
  giveBit(queue);
  let at = firstPositionFrom(queue.loose, queue.hand);
  if (at < 0) at = firstPositionFrom(queue.loose, 0);
  if (at < 0) return NONE;
  queue.hand = at + 1;
  return wordAt(queue.log, at);
}

function giveBit(queue: LeafQueue): void {
  const latest = queue.latest;
  if (latest === 0) return;
  setPosition(queue.loose, latest - 1);
  queue.lowest = min(queue.lowest, latest - 1);
  queue.latest = 0;
}

function trim(queue: LeafQueue): void {
  const log = queue.log;
  let end = queue.end;
  while (end > 0 && wordAt(log, end - 1) === NONE) end--;
  queue.end = end;
  if (queue.begin > end) queue.begin = end;
  if (queue.hand > end) queue.hand = 0;
}

function compact(queue: LeafQueue): void {
  giveBit(queue);
  const log = queue.log;
  const loose = queue.loose;
  const end = queue.end;
  const hand = queue.hand;
  let to: u32 = 0;
  for (let from: u32 = 0; from < end; from++) {
    if (from === hand) queue.hand = to;
    const block = wordAt(log, from);
    if (block === NONE) continue;
    const isLoose = hasPosition(loose, from);
    if (isLoose) clearPosition(loose, from);
    setWord(log, to, block);
    setPlace(block, to);
    if (isLoose) setPosition(loose, to);
    to++;
  }
  if (hand >= end) queue.hand = to;
  queue.begin = 0;
  queue.lowest = 0;
  queue.end = to;
}
