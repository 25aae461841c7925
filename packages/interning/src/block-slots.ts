/**
 * An open-addressing table of blocks: pairs (block + 1, hash of its key), linear probing. A key belongs at the leading
 * bits of its hash, so that growing walks the old and the new table in order.
 *
 * An entry at or below `base` counts as empty: that is how an older namespace goes without being cleared away.
 */
export interface BlockSlots {
  pairs: Uint32Array;
  /** `hash >>> shift` is a slot. */
  shift: number;
}

/** A table of 2^bits slots. */
export function createBlockSlots(bits: number): BlockSlots {
  return { pairs: new Uint32Array(2 << bits), shift: 32 - bits };
}

/** Makes room so that `used` entries load the table by at most 3/4. */
export function reserveSlots(slots: BlockSlots, used: number, base: number): void {
  while (8 * used > 3 * slots.pairs.length) double(slots, base);
}

function double(slots: BlockSlots, base: number): void {
  const from = slots.pairs;
  const to = new Uint32Array(2 * from.length);
  const mask = to.length - 1;
  slots.shift--;
  slots.pairs = to;
  for (let i = 0; i < from.length; i += 2) {
    if (from[i] <= base) continue;
    let at = 2 * (from[i + 1] >>> slots.shift);
    while (to[at] !== 0) at = (at + 2) & mask;
    to[at] = from[i];
    to[at + 1] = from[i + 1];
  }
}

/** Two rounds of multiply and shift; the odd constants are those of xxHash32. */
export function hashId(lo: number, hi: number): number {
  let hash = Math.imul(lo, 0x9e3779b1) ^ Math.imul(hi, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae3d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** As {@link hashId}, of an id under a parent. */
export function hashChild(lo: number, hi: number, parent: number): number {
  return hashId(lo ^ Math.imul(parent, 0x27d4eb2f), hi);
}
