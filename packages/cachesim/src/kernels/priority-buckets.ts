import { NONE } from '@wavetune/core';

/**
 * Blocks by whole priorities, in each in the order in which they came: one doubly linked list a priority. What belongs
 * together lies together: a block's fields in one cache line, and the two ends of a list.
 *
 * Every operation is O(1). Space: 16 bytes a block, 8 a priority up to the highest (grown by doubling).
 */
export interface PriorityBuckets {
  /** By block × 4: priority (0 for a block that is in no list), older neighbour, younger neighbour, `mark`. */
  readonly nodes: Uint32Array;
  /** By priority × 2: the oldest and the youngest block, `NONE` where there is none. */
  ends: Uint32Array;
}

/** Where a block's fourth field lies, which is the caller's. */
export const MARK = 3;

const OLDER = 1;
const YOUNGER = 2;

export function createBuckets(distinctBlocks: number): PriorityBuckets {
  return {
    nodes: new Uint32Array(4 * distinctBlocks),
    ends: new Uint32Array(2048).fill(NONE),
  };
}

/** 0 for a block that is in no list. */
export function priorityOf({ nodes }: PriorityBuckets, block: number): number {
  return nodes[4 * block];
}

/** The oldest block of `priority`, `NONE` where there is none. */
export function oldestInBucket({ ends }: PriorityBuckets, priority: number): number {
  return ends[2 * priority];
}

/** Adds `block`, which is in no list, as the youngest of its priority, above 0. */
export function appendToBucket(buckets: PriorityBuckets, block: number, priority: number): void {
  if (2 * priority >= buckets.ends.length) grow(buckets, priority);
  const { nodes, ends } = buckets;
  const youngest = ends[2 * priority + 1];
  const at = 4 * block;
  nodes[at] = priority;
  nodes[at + OLDER] = youngest;
  nodes[at + YOUNGER] = NONE;
  ends[2 * priority + 1] = block;
  if (youngest === NONE) ends[2 * priority] = block;
  else nodes[4 * youngest + YOUNGER] = block;
}

/** Takes `block` out of its list. */
export function takeFromBucket({ nodes, ends }: PriorityBuckets, block: number): void {
  const at = 4 * block;
  const priority = nodes[at];
  const older = nodes[at + OLDER];
  const younger = nodes[at + YOUNGER];
  nodes[at] = 0;
  if (older === NONE) ends[2 * priority] = younger;
  else nodes[4 * older + YOUNGER] = younger;
  if (younger === NONE) ends[2 * priority + 1] = older;
  else nodes[4 * younger + OLDER] = older;
}

function grow(buckets: PriorityBuckets, priority: number): void {
  const { ends } = buckets;
  buckets.ends = new Uint32Array(Math.max(2 * ends.length, 2 * priority + 2)).fill(NONE);
  buckets.ends.set(ends);
}
