import { reserve } from './memory';
import { createWords, setWord, wordAt } from './words';

/** A queue in which nothing leaves but the oldest. */
@unmanaged
export class Ring {
  slots: usize;
  mask: u32;
  begin: u32;
  end: u32;
}

export function createRing(maxSize: u32): Ring {
  const ring = changetype<Ring>(reserve(offsetof<Ring>()));
  const length: u32 = 1 << (32 - clz(maxSize));
  ring.slots = createWords(length);
  ring.mask = length - 1;
  return ring;
}

export function ringSize(ring: Ring): u32 {
  return ring.end - ring.begin;
}

export function pushRing(ring: Ring, block: u32): void {
  setWord(ring.slots, ring.end++ & ring.mask, block);
}

/** The oldest, of which there is one. */
export function popRing(ring: Ring): u32 {
  return wordAt(ring.slots, ring.begin++ & ring.mask);
}
