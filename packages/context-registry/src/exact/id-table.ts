import { NONE } from '@wavetune/core';

/**
 * A hash table of dense ids by open addressing: ids and nothing else, 4 bytes a slot, at most three quarters full.
 *
 * The owner knows the hash of an id and what makes two alike; the table stores neither. Removal shifts back, so there are
 * no tombstones and a table that has been emptied is as new.
 */
export interface IdTable {
  /** The first id under `hash` that `isIt` accepts, or `NONE`. */
  find(hash: number, isIt: (id: number) => boolean): number;
  /** Adds an id that is not in it; never fails within what was reserved. */
  add(id: number): void;
  /** Removes an id that is in it. */
  remove(id: number): void;
  /** Makes room for `count` more. */
  reserve(count: number): void;
  readonly sizeBytes: number;
}

const SMALLEST = 64;

/** @param hashOf - 32 bits of every id in the table, constant while it is in it. */
export function createIdTable(hashOf: (id: number) => number): IdTable {
  let slots = new Uint32Array(SMALLEST).fill(NONE);
  let mask = SMALLEST - 1;
  let size = 0;

  const put = (id: number): void => {
    let slot = spread(hashOf(id)) & mask;
    while (slots[slot] !== NONE) slot = (slot + 1) & mask;
    slots[slot] = id;
  };
  const reserve = (count: number): void => {
    let length = slots.length;
    while ((size + count) * 4 > length * 3) length *= 2;
    if (length === slots.length) return;
    const old = slots;
    slots = new Uint32Array(length).fill(NONE);
    mask = length - 1;
    for (const id of old) if (id !== NONE) put(id);
  };
  return {
    reserve,
    get sizeBytes() {
      return slots.byteLength;
    },
    find(hash, isIt) {
      let slot = spread(hash) & mask;
      for (let id = slots[slot]; id !== NONE; id = slots[slot]) {
        if (isIt(id)) return id;
        slot = (slot + 1) & mask;
      }
      return NONE;
    },
    add(id) {
      reserve(1);
      put(id);
      size++;
    },
    remove(id) {
      let hole = spread(hashOf(id)) & mask;
      while (slots[hole] !== id) hole = (hole + 1) & mask;
      for (let slot = (hole + 1) & mask; slots[slot] !== NONE; slot = (slot + 1) & mask) {
        const home = spread(hashOf(slots[slot])) & mask;
        if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
        slots[hole] = slots[slot];
        hole = slot;
      }
      slots[hole] = NONE;
      size--;
    },
  };
}

/** Fibonacci hashing: also the low bits depend on all of `hash`. */
function spread(hash: number): number {
  const product = Math.imul(hash, 0x9e37_79b1);
  return (product ^ (product >>> 15)) >>> 0;
}
