import { grownCapacity, lengthened } from '../exact/growth.ts';

/**
 * 65,536 growing lists of (id, word), each in one stretch of memory, so that reading a list is one sequential run. A list
 * that outgrows its stretch moves to one of twice the length; what it leaves is given to the next that wants that length.
 */
export interface Buckets {
  readonly starts: Uint32Array;
  readonly lengths: Uint32Array;
  /** Pairs from `2 × start`: id, word. */
  readonly pairs: Uint32Array;
  readonly sizeBytes: number;
  add(bucket: number, id: number, word: number): void;
  /** Removes an id that is in the bucket. */
  remove(bucket: number, id: number): void;
}

export const BUCKETS = 65_536;
const SMALLEST_STRETCH = 2;
const STRETCH_CLASSES = 31;

export function createBuckets(): Buckets {
  const starts = new Uint32Array(BUCKETS);
  const lengths = new Uint32Array(BUCKETS);
  /** Places in the stretch; 0 for none. */
  const rooms = new Uint32Array(BUCKETS);
  const freeByClass: number[][] = Array.from({ length: STRETCH_CLASSES }, () => []);
  let pairs = new Uint32Array(0);
  let used = 0;

  const takeStretch = (room: number): number => {
    const free = freeByClass[Math.clz32(room)].pop();
    if (free !== undefined) return free;
    pairs = lengthened(pairs, grownCapacity(pairs.length, 2 * (used + room)));
    used += room;
    return used - room;
  };
  const release = (bucket: number): void => {
    if (rooms[bucket] > 0) freeByClass[Math.clz32(rooms[bucket])].push(starts[bucket]);
    rooms[bucket] = 0;
  };
  const move = (bucket: number): void => {
    const room = rooms[bucket] === 0 ? SMALLEST_STRETCH : 2 * rooms[bucket];
    const start = takeStretch(room);
    const old = starts[bucket];
    pairs.copyWithin(2 * start, 2 * old, 2 * (old + lengths[bucket]));
    release(bucket);
    starts[bucket] = start;
    rooms[bucket] = room;
  };
  return {
    starts,
    lengths,
    get pairs() {
      return pairs;
    },
    get sizeBytes() {
      return pairs.byteLength + 3 * starts.byteLength;
    },
    add(bucket, id, word) {
      if (lengths[bucket] === rooms[bucket]) move(bucket);
      const at = 2 * (starts[bucket] + lengths[bucket]++);
      pairs[at] = id;
      pairs[at + 1] = word;
    },
    remove(bucket, id) {
      let at = 2 * starts[bucket];
      while (pairs[at] !== id) at += 2;
      const last = 2 * (starts[bucket] + --lengths[bucket]);
      pairs[at] = pairs[last];
      pairs[at + 1] = pairs[last + 1];
      if (lengths[bucket] === 0) release(bucket);
    },
  };
}
