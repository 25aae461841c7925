import { NONE } from '@wavetune/core';
import {
  clearPosition,
  createPositionBits,
  firstPositionFrom,
  hasPosition,
  type PositionBits,
  setPosition,
} from './position-bits.ts';

/** What a queue lies on; queues whose blocks are disjoint may share `places`. */
export interface BlockQueueOptions {
  /** Where a block lies in the log of the queue that holds it; shape `[d]`. */
  readonly places: Uint32Array;
  /** Most blocks that it ever holds at once. */
  readonly maxSize: number;
  /** Non-zero for a block that must not be picked now; undefined: all may be. */
  readonly held: Uint8Array | undefined;
}

/**
 * Blocks in order of arrival, from which the oldest that is not held can be picked: an append-only log with a bit for every
 * place that may be picked, compacted when it is full.
 *
 * A held block that a search meets loses its bit and gets it back by {@link releaseInQueue}, so a search never meets it
 * twice: every operation is O(1) amortised however many blocks are held, and the order of arrival survives.
 * Space: 8 bytes a block of `maxSize`, and `places`.
 */
export interface BlockQueue {
  readonly places: Uint32Array;
  readonly held: Uint8Array | undefined;
  readonly log: Uint32Array;
  readonly pickable: PositionBits;
  /** Places of the log in use are `[begin, end)`; those of removed blocks hold `NONE`. */
  begin: number;
  end: number;
  size: number;
  /** Where {@link advanceHand} goes on. */
  hand: number;
}

export function createBlockQueue({ places, maxSize, held }: BlockQueueOptions): BlockQueue {
  const log = new Uint32Array(2 * Math.min(maxSize, places.length) + 64);
  const pickable = createPositionBits(log.length);
  return { places, held, log, pickable, begin: 0, end: 0, size: 0, hand: 0 };
}

/** Adds `block`, which is in no queue over the same places, at the young end. */
export function enqueue(queue: BlockQueue, block: number): void {
  if (queue.end === queue.log.length) compact(queue);
  const at = queue.end++;
  queue.log[at] = block;
  queue.places[block] = at;
  setPosition(queue.pickable, at);
  queue.size++;
}

/** Takes out `block`, which is here. */
export function dequeue(queue: BlockQueue, block: number): void {
  const { log, places } = queue;
  const at = places[block];
  log[at] = NONE;
  clearPosition(queue.pickable, at);
  queue.size--;
  while (queue.end > 0 && log[queue.end - 1] === NONE) queue.end--;
  if (queue.begin > queue.end) queue.begin = queue.end;
  if (queue.hand > queue.end) queue.hand = 0;
}

/** Makes `block`, which is here, the youngest. */
export function renew(queue: BlockQueue, block: number): void {
  dequeue(queue, block);
  enqueue(queue, block);
}

/** The oldest block that is not held, `NONE` where all are. */
export function oldestOf(queue: BlockQueue): number {
  const at = pickFrom(queue, 0);
  return at < 0 ? NONE : queue.log[at];
}

/** The oldest block, held or not; `NONE` where there is none. */
export function eldestOf(queue: BlockQueue): number {
  if (queue.size === 0) return NONE;
  while (queue.log[queue.begin] === NONE) queue.begin++;
  return queue.log[queue.begin];
}

/** {@link oldestOf}, taken out. */
export function dequeueOldest(queue: BlockQueue): number {
  const block = oldestOf(queue);
  if (block !== NONE) dequeue(queue, block);
  return block;
}

/**
 * The next block at or after the hand that is not held, `NONE` where all are; the hand moves past it.
 *
 * It goes on at the oldest after the youngest, and when the youngest is removed under it.
 */
export function advanceHand(queue: BlockQueue): number {
  let at = pickFrom(queue, queue.hand);
  if (at < 0 && queue.hand > 0) at = pickFrom(queue, 0);
  if (at < 0) return NONE;
  queue.hand = at + 1;
  return queue.log[at];
}

/** `block`, which is here, is no longer held. */
export function releaseInQueue(queue: BlockQueue, block: number): void {
  setPosition(queue.pickable, queue.places[block]);
}

function pickFrom({ pickable, held, log }: BlockQueue, start: number): number {
  for (let at = firstPositionFrom(pickable, start); at >= 0; ) {
    if (held === undefined || held[log[at]] === 0) return at;
    clearPosition(pickable, at);
    at = firstPositionFrom(pickable, at + 1);
  }
  return -1;
}

function compact(queue: BlockQueue): void {
  const { log, places, pickable, end, hand } = queue;
  if (queue.size === log.length) throw new Error('a block queue holds more than its bound');
  let to = 0;
  for (let from = 0; from < end; from++) {
    if (from === hand) queue.hand = to;
    const block = log[from];
    if (block === NONE) continue;
    const wasPickable = hasPosition(pickable, from);
    clearPosition(pickable, from);
    log[to] = block;
    places[block] = to;
    if (wasPickable) setPosition(pickable, to);
    to++;
  }
  if (hand >= end) queue.hand = to;
  queue.begin = 0;
  queue.end = to;
}
