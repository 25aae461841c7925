import { NONE } from '@wavetune/core';

/**
 * Blocks by whole priorities, in each in the order in which they came: one doubly linked list a priority.
 *
 * Every operation is O(1). Space: 12 bytes a block, 8 a priority up to the highest (grown by doubling).
 */
export interface PriorityBuckets {
  readonly priorities: Uint32Array;
  readonly older: Uint32Array;
  readonly younger: Uint32Array;
  /** The oldest and the youngest block of a priority, `NONE` where there is none. */
  oldest: Uint32Array;
  youngest: Uint32Array;
}

export function createBuckets(distinctBlocks: number): PriorityBuckets {
  return {
    priorities: new Uint32Array(distinctBlocks),
    older: new Uint32Array(distinctBlocks),
    younger: new Uint32Array(distinctBlocks),
    oldest: new Uint32Array(1024).fill(NONE),
    youngest: new Uint32Array(1024).fill(NONE),
  };
}

/** Adds `block`, which is in no list, as the youngest of its priority. */
export function appendToBucket(buckets: PriorityBuckets, block: number, priority: number): void {
  if (priority >= buckets.oldest.length) grow(buckets, priority);
  const { older, younger, youngest, oldest, priorities } = buckets;
  const before = youngest[priority];
  priorities[block] = priority;
  older[block] = before;
  younger[block] = NONE;
  youngest[priority] = block;
  if (before === NONE) oldest[priority] = block;
  else younger[before] = block;
}

/** Takes `block` out of its list. */
export function takeFromBucket(buckets: PriorityBuckets, block: number): void {
  const { older, younger, youngest, oldest, priorities } = buckets;
  const before = older[block];
  const after = younger[block];
  if (before === NONE) oldest[priorities[block]] = after;
  else younger[before] = after;
  if (after === NONE) youngest[priorities[block]] = before;
  else older[after] = before;
}

function grow(buckets: PriorityBuckets, priority: number): void {
  const { oldest, youngest } = buckets;
  const length = Math.max(2 * oldest.length, priority + 1);
  buckets.oldest = new Uint32Array(length).fill(NONE);
  buckets.youngest = new Uint32Array(length).fill(NONE);
  buckets.oldest.set(oldest);
  buckets.youngest.set(youngest);
}
