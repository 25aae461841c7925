import { referenceAt } from '../memory';
import {
  advanceHand,
  createLeafQueue,
  dequeue,
  enqueue,
  LeafQueue,
  loosen,
  oldestLoose,
} from './leaf-queue';
import { addHit, hitsOf, NONE, setHits } from './resident-set';

let queue: LeafQueue = changetype<LeafQueue>(0);
/** Most hits that a block can have: chances left (CLOCK), whether there was one since the hand passed (SIEVE), none (FIFO). */
let most: u32 = 0;

/** FIFO where `mostChances` is 0; CLOCK and SIEVE. */
export function createSingleQueue(
  distinctBlocks: u32,
  capacityBlocks: u32,
  mostChances: u32,
): void {
  queue = createLeafQueue(capacityBlocks, distinctBlocks);
  most = mostChances;
}

export function theQueue(): LeafQueue {
  return queue;
}

export function giveChances(from: u32, to: u32): void {
  const limit = most;
  for (let i = from; i < to; i++) addHit(referenceAt(i), limit);
}

export function insertFresh(block: u32): void {
  setHits(block, 0);
  enqueue(queue, block);
}

export function evictFifo(): u32 {
  const block = oldestLoose(queue);
  if (block !== NONE) dequeue(queue, block);
  return block;
}

/** What has a chance left goes to the young end. */
export function evictClock(): u32 {
  let block = oldestLoose(queue);
  while (block !== NONE && hitsOf(block) > 0) {
    setHits(block, hitsOf(block) - 1);
    dequeue(queue, block);
    enqueue(queue, block);
    loosen(queue, block);
    block = oldestLoose(queue);
  }
  if (block !== NONE) dequeue(queue, block);
  return block;
}

/** What was hit keeps its place. */
export function evictSieve(): u32 {
  let block = advanceHand(queue);
  while (block !== NONE && hitsOf(block) > 0) {
    setHits(block, 0);
    block = advanceHand(queue);
  }
  if (block !== NONE) dequeue(queue, block);
  return block;
}
