/** A 64-bit value as two u32 words, changed in place: no allocation a hash. */
export interface Words64 {
  lo: number;
  hi: number;
}

/**
 * The finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), a
 * bijection of u64: `x ^= x >> 30; x *= 0xbf58476d1ce4e5b9; x ^= x >> 27; x *= 0x94d049bb133111eb; x ^= x >> 31`.
 */
export function finaliseSplitmix64(x: Words64): void {
  xorShiftRight(x, 30);
  multiply(x, 0x1ce4_e5b9, 0xbf58_476d);
  xorShiftRight(x, 27);
  multiply(x, 0x1331_11eb, 0x94d0_49bb);
  xorShiftRight(x, 31);
}

function xorShiftRight(x: Words64, bits: number): void {
  const lo = (x.lo >>> bits) | (x.hi << (32 - bits));
  const hi = x.hi >>> bits;
  x.lo = (x.lo ^ lo) >>> 0;
  x.hi = (x.hi ^ hi) >>> 0;
}

function multiply(x: Words64, lo: number, hi: number): void {
  const cross = (Math.imul(x.lo, hi) + Math.imul(x.hi, lo)) | 0;
  const aLow = x.lo & 0xffff;
  const aHigh = x.lo >>> 16;
  const bLow = lo & 0xffff;
  const bHigh = lo >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  x.hi = (aHigh * bHigh + (middle >>> 16) + (carry >>> 16) + cross) >>> 0;
  x.lo = Math.imul(x.lo, lo) >>> 0;
}
