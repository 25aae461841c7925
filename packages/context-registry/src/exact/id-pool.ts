import { grownCapacity, lengthened } from './growth.ts';

/** Dense ids: given back ones are given out again, latest first, before a new one is. */
export interface IdPool {
  /** Ids are below it; what is indexed by id needs this many places. */
  readonly bound: number;
  /** Ids in use. */
  readonly size: number;
  /** The bound after `count` more ids, whichever they are: reserve for it, and `take` cannot fail. */
  boundAfter(count: number): number;
  reserve(count: number): void;
  take(): number;
  giveBack(id: number): void;
}

export function createIdPool(): IdPool {
  let free = new Uint32Array(0);
  let freeCount = 0;
  let bound = 0;
  return {
    get bound() {
      return bound;
    },
    get size() {
      return bound - freeCount;
    },
    boundAfter: (count) => bound + Math.max(0, count - freeCount),
    reserve(count) {
      const needed = bound + Math.max(0, count - freeCount);
      free = lengthened(free, grownCapacity(free.length, needed));
    },
    take() {
      if (freeCount > 0) return free[--freeCount];
      if (free.length <= bound) free = lengthened(free, grownCapacity(free.length, bound + 1));
      return bound++;
    },
    giveBack(id) {
      free[freeCount++] = id;
    },
  };
}
