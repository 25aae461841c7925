import { referenceAt } from '../memory';
import {
  createLeafQueue,
  dequeue,
  eldestOf,
  enqueue,
  LeafQueue,
  oldestLoose,
  renew,
} from './leaf-queue';
import { homeOf, NONE, setHome } from './resident-set';

const ABSENT: u32 = 0;
const IN: u32 = 1;
const MAIN: u32 = 2;
const OUT: u32 = 3;

let inQueue: LeafQueue = changetype<LeafQueue>(0);
let main: LeafQueue = changetype<LeafQueue>(0);
let out: LeafQueue = changetype<LeafQueue>(0);
let inLimit: u32 = 0;
let outLimit: u32 = 0;
let isRemembered: bool = false;

export function createTwoQueues(
  distinctBlocks: u32,
  capacityBlocks: u32,
  inBlocks: u32,
  outBlocks: u32,
): void {
  inLimit = inBlocks;
  outLimit = outBlocks;
  inQueue = createLeafQueue(capacityBlocks, distinctBlocks);
  main = createLeafQueue(capacityBlocks, distinctBlocks);
  out = createLeafQueue(outBlocks, distinctBlocks);
}

export function queueOfTwoQ(block: u32): LeafQueue {
  return homeOf(block) === MAIN ? main : inQueue;
}

export function missTwoQ(block: u32): void {
  isRemembered = homeOf(block) === OUT;
  if (isRemembered) dequeue(out, block);
  setHome(block, ABSENT);
}

export function insertTwoQ(block: u32): void {
  setHome(block, isRemembered ? MAIN : IN);
  enqueue(isRemembered ? main : inQueue, block);
}

/** Between a hit and this none of them can leave, so that one renewal serves both. */
export function settleTwoQ(from: u32, to: u32): void {
  for (let i = to; i > from; i--) {
    const block = referenceAt(i - 1);
    if (homeOf(block) === MAIN) renew(main, block);
  }
}

export function evictTwoQ(): u32 {
  const isInFirst = inQueue.size > inLimit || main.size === 0;
  const block = isInFirst ? takeFromIn() : takeFromMain();
  if (block !== NONE) return block;
  return isInFirst ? takeFromMain() : takeFromIn();
}

function takeFromMain(): u32 {
  const block = oldestLoose(main);
  if (block !== NONE) dequeue(main, block);
  return block;
}

function takeFromIn(): u32 {
  const block = oldestLoose(inQueue);
  if (block === NONE) return NONE;
  dequeue(inQueue, block);
  setHome(block, ABSENT);
  if (outLimit === 0) return block;
  if (out.size === outLimit) {
    const oldest = eldestOf(out);
    dequeue(out, oldest);
    setHome(oldest, ABSENT);
  }
  enqueue(out, block);
  setHome(block, OUT);
  return block;
}
