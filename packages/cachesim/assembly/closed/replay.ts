import { referenceAt } from '../memory';
import { fasten, LeafQueue, loosen } from './leaf-queue';
import {
  addResident,
  createResidentSet,
  dropResident,
  isFull,
  isLeaf,
  isResident,
  NONE,
  setRunning,
} from './resident-set';
import { createS3, evictS3, hitS3, insertS3, missS3, queueOfS3 } from './s3-fifo';
import {
  createSingleQueue,
  evictClock,
  evictFifo,
  evictSieve,
  giveChances,
  insertFresh,
  theQueue,
} from './single-queue';
import { createSegments, evictSlru, hitSlru, insertSlru, queueOfSlru, settleSlru } from './slru';
import { createTwoQueues, evictTwoQ, insertTwoQ, missTwoQ, queueOfTwoQ, settleTwoQ } from './two-q';

const FIFO: u32 = 0;
const CLOCK: u32 = 1;
const SIEVE: u32 = 2;
const S3_FIFO: u32 = 3;
const TWO_Q: u32 = 4;
const SLRU: u32 = 5;

/** The policy of this instance; the branch on it always goes one way. */
let policy: u32 = FIFO;

export function createClosedFifo(distinctBlocks: u32, capacityBlocks: u32): void {
  begin(FIFO, distinctBlocks, capacityBlocks);
  createSingleQueue(distinctBlocks, capacityBlocks, 0);
}

export function createClosedClock(distinctBlocks: u32, capacityBlocks: u32, most: u32): void {
  begin(CLOCK, distinctBlocks, capacityBlocks);
  createSingleQueue(distinctBlocks, capacityBlocks, most);
}

export function createClosedSieve(distinctBlocks: u32, capacityBlocks: u32): void {
  begin(SIEVE, distinctBlocks, capacityBlocks);
  createSingleQueue(distinctBlocks, capacityBlocks, 1);
}

export function createClosedS3Fifo(
  distinctBlocks: u32,
  capacityBlocks: u32,
  smallBlocks: u32,
  ghostBlocks: u32,
  promoteAt: u32,
  spills: bool,
): void {
  begin(S3_FIFO, distinctBlocks, capacityBlocks);
  createS3(distinctBlocks, capacityBlocks, smallBlocks, ghostBlocks, promoteAt, spills);
}

export function createClosedTwoQ(
  distinctBlocks: u32,
  capacityBlocks: u32,
  inBlocks: u32,
  outBlocks: u32,
): void {
  begin(TWO_Q, distinctBlocks, capacityBlocks);
  createTwoQueues(distinctBlocks, capacityBlocks, inBlocks, outBlocks);
}

export function createClosedSlru(distinctBlocks: u32, capacityBlocks: u32, segments: u32): void {
  begin(SLRU, distinctBlocks, capacityBlocks);
  createSegments(distinctBlocks, capacityBlocks, segments);
}

/**
 * One request, whose chain is `[from, to)` of the stage, as the generic frame runs it: how many blocks from its first one
 * hit.
 *
 * All but the deepest resident block of the chain have a child, so that one alone has to be kept from leaving.
 */
export function runChain(from: u32, to: u32): u32 {
  let at = from;
  while (at < to && isResident(referenceAt(at))) at++;
  const hitEnd = at;
  let deepest = hitEnd > from ? referenceAt(hitEnd - 1) : NONE;
  setRunning(deepest);
  if (deepest !== NONE && isLeaf(deepest)) fasten(queueOf(deepest), deepest);
  hit(from, hitEnd);
  for (; at < to; at++) {
    const block = referenceAt(at);
    miss(block);
    if (isFull() && !makeRoom()) break;
    addResident(block);
    insert(block);
    deepest = block;
  }
  settle(from, at);
  setRunning(NONE);
  if (deepest !== NONE && isLeaf(deepest)) loosen(queueOf(deepest), deepest);
  return hitEnd - from;
}

function begin(which: u32, distinctBlocks: u32, capacityBlocks: u32): void {
  policy = which;
  createResidentSet(distinctBlocks, capacityBlocks);
}

function makeRoom(): bool {
  const victim = evict();
  if (victim === NONE) return false;
  const parent = dropResident(victim);
  if (parent !== NONE) loosen(queueOf(parent), parent);
  return true;
}

function queueOf(block: u32): LeafQueue {
  if (policy === S3_FIFO) return queueOfS3(block);
  if (policy === TWO_Q) return queueOfTwoQ(block);
  if (policy === SLRU) return queueOfSlru(block);
  return theQueue();
}

function hit(from: u32, to: u32): void {
  if (policy === CLOCK || policy === SIEVE) giveChances(from, to);
  else if (policy === S3_FIFO) hitS3(from, to);
  else if (policy === SLRU) hitSlru(from, to);
}

function miss(block: u32): void {
  if (policy === S3_FIFO) missS3(block);
  else if (policy === TWO_Q) missTwoQ(block);
}

function insert(block: u32): void {
  if (policy === S3_FIFO) insertS3(block);
  else if (policy === TWO_Q) insertTwoQ(block);
  else if (policy === SLRU) insertSlru(block);
  else insertFresh(block);
}

function settle(from: u32, to: u32): void {
  if (policy === TWO_Q) settleTwoQ(from, to);
  else if (policy === SLRU) settleSlru(from, to);
}

function evict(): u32 {
  if (policy === CLOCK) return evictClock();
  if (policy === SIEVE) return evictSieve();
  if (policy === S3_FIFO) return evictS3();
  if (policy === TWO_Q) return evictTwoQ();
  if (policy === SLRU) return evictSlru();
  return evictFifo();
}
