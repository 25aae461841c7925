import { referenceAt } from '../memory';
import {
  createLeafQueue,
  dequeue,
  eldestOf,
  enqueue,
  LeafQueue,
  loosen,
  oldestLoose,
} from './leaf-queue';
import { addHit, hitsOf, homeOf, NONE, setHits, setHome } from './resident-set';

const ABSENT: u32 = 0;
const SMALL: u32 = 1;
const MAIN: u32 = 2;
const GHOST: u32 = 3;
const MOST_HITS: u32 = 255;

let small: LeafQueue = changetype<LeafQueue>(0);
let main: LeafQueue = changetype<LeafQueue>(0);
let ghost: LeafQueue = changetype<LeafQueue>(0);
let capacity: u32 = 0;
let smallLimit: u32 = 0;
let ghostLimit: u32 = 0;
let promoteAt: u32 = 0;
let spills: bool = false;
let hasEvicted: bool = false;
let wasGhost: bool = false;

export function createS3(
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
  spills = isSpilling;
  small = createLeafQueue(capacityBlocks, distinctBlocks);
  main = createLeafQueue(capacityBlocks, distinctBlocks);
  ghost = createLeafQueue(ghostBlocks, distinctBlocks);
}

export function queueOfS3(block: u32): LeafQueue {
  return homeOf(block) === MAIN ? main : small;
}

export function hitS3(from: u32, to: u32): void {
  for (let i = from; i < to; i++) addHit(referenceAt(i), MOST_HITS);
}

export function missS3(block: u32): void {
  wasGhost = homeOf(block) === GHOST;
  if (wasGhost) dequeue(ghost, block);
  setHome(block, ABSENT);
}

export function insertS3(block: u32): void {
  const toMain = wasGhost || (spills && !hasEvicted && small.size >= smallLimit);
  setHits(block, 0);
  setHome(block, toMain ? MAIN : SMALL);
  enqueue(toMain ? main : small, block);
}

export function evictS3(): u32 {
  hasEvicted = true;
  const isMainFirst = main.size + smallLimit > capacity || small.size === 0;
  const block = isMainFirst ? takeFromMain() : takeFromSmall();
  if (block !== NONE) return block;
  return isMainFirst ? takeFromSmall() : takeFromMain();
}

function takeFromSmall(): u32 {
  let block = oldestLoose(small);
  while (block !== NONE && hitsOf(block) >= promoteAt) {
    dequeue(small, block);
    setHits(block, 0);
    setHome(block, MAIN);
    enqueue(main, block);
    loosen(main, block);
    block = oldestLoose(small);
  }
  if (block === NONE) return NONE;
  dequeue(small, block);
  setHome(block, ABSENT);
  if (ghostLimit === 0) return block;
  if (ghost.size === ghostLimit) {
    const oldest = eldestOf(ghost);
    dequeue(ghost, oldest);
    setHome(oldest, ABSENT);
  }
  enqueue(ghost, block);
  setHome(block, GHOST);
  return block;
}

function takeFromMain(): u32 {
  let block = oldestLoose(main);
  while (block !== NONE && hitsOf(block) > 0) {
    setHits(block, min<u32>(hitsOf(block), 3) - 1);
    dequeue(main, block);
    enqueue(main, block);
    loosen(main, block);
    block = oldestLoose(main);
  }
  if (block === NONE) return NONE;
  dequeue(main, block);
  setHome(block, ABSENT);
  return block;
}
