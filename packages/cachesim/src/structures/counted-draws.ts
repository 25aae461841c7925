/**
 * Draw `counter` of the stream that `key` names, uniform below `bound` (at most 2^31): a hash of the counter
 * (MurmurHash3's finaliser over a Weyl sequence), so that it needs no state and allocates nothing.
 */
export function drawBelow(key: number, counter: number, bound: number): number {
  let x = Math.imul(counter, 0x9e3779b1) + key;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return Math.floor((((x ^ (x >>> 16)) >>> 0) / 0x1_0000_0000) * bound);
}
