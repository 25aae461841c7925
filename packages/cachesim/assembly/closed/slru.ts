import { referenceAt, reserve } from '../memory';
import {
  dequeue,
  eldestOf,
  enqueue,
  initializeLeafQueue,
  LeafQueue,
  loosen,
  oldestLoose,
  renew,
} from './leaf-queue';
import { homeOf, isLoose, NONE, setHome } from './resident-set';

/** The segments' queues, one behind the other. */
let segments: usize = 0;
let segmentCount: u32 = 0;
let limit: u32 = 0;

export function createSegments(distinctBlocks: u32, capacityBlocks: u32, count: u32): void {
  segmentCount = count;
  limit = capacityBlocks / count;
  segments = reserve(<u64>count * offsetof<LeafQueue>());
  for (let at: u32 = 0; at < count; at++) {
    initializeLeafQueue(segmentAt(at), limit + count + 1, distinctBlocks);
  }
}

export function queueOfSlru(block: u32): LeafQueue {
  return segmentAt(homeOf(block));
}

export function hitSlru(from: u32, end: u32): void {
  for (let i = end; i > from; i--) {
    const block = referenceAt(i - 1);
    const level = homeOf(block);
    const to = min(level + 1, segmentCount - 1);
    dequeue(segmentAt(level), block);
    put(block, to);
    for (let full = to; full > 0 && segmentAt(full).size > limit; full--) {
      const down = eldestOf(segmentAt(full));
      dequeue(segmentAt(full), down);
      put(down, full - 1);
      if (isLoose(down)) loosen(segmentAt(full - 1), down);
    }
  }
}

export function insertSlru(block: u32): void {
  let at: u32 = 0;
  while (at < segmentCount && segmentAt(at).size >= limit) at++;
  put(block, at === segmentCount ? 0 : at);
}

export function settleSlru(from: u32, to: u32): void {
  for (let i = to; i > from; i--) {
    const block = referenceAt(i - 1);
    renew(queueOfSlru(block), block);
  }
}

export function evictSlru(): u32 {
  for (let at: u32 = 0; at < segmentCount; at++) {
    const block = oldestLoose(segmentAt(at));
    if (block === NONE) continue;
    dequeue(segmentAt(at), block);
    return block;
  }
  return NONE;
}

function segmentAt(at: u32): LeafQueue {
  return changetype<LeafQueue>(segments + <usize>at * offsetof<LeafQueue>());
}

function put(block: u32, to: u32): void {
  setHome(block, to);
  enqueue(segmentAt(to), block);
}
