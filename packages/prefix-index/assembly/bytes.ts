/** Bytes are read in words of 8, past their end too: all memory has room behind it. */

/** A hash of `length` bytes that goes on from `seed`. */
export function hashBytes(at: usize, length: u32, seed: u64): u64 {
  let hash = (seed ^ length) * 0x9e3779b97f4a7c15;
  let left = length;
  while (left >= 8) {
    hash = mix(hash ^ load<u64>(at));
    at += 8;
    left -= 8;
  }
  return left === 0 ? hash : mix(hash ^ (load<u64>(at) & (((<u64>1) << (left << 3)) - 1)));
}

export function sameBytes(a: usize, b: usize, length: u32): bool {
  let left = length;
  while (left >= 8) {
    if (load<u64>(a) !== load<u64>(b)) return false;
    a += 8;
    b += 8;
    left -= 8;
  }
  return left === 0 || (load<u64>(a) ^ load<u64>(b)) << (64 - ((<u64>left) << 3)) === 0;
}

/** Whether `a` comes after `b`, byte by byte. */
export function isAfter(a: usize, aLength: u32, b: usize, bLength: u32): bool {
  const length = min(aLength, bLength);
  for (let i: u32 = 0; i < length; i++) {
    const one = load<u8>(a + i);
    const other = load<u8>(b + i);
    if (one !== other) return one > other;
  }
  return aLength > bLength;
}

export function mix(word: u64): u64 {
  const product = word * 0xd6e8feb86659fd93;
  return product ^ (product >> 32);
}

/** Copies `length` bytes, and some behind them too, 15 at most. */
export function copyWords(to: usize, from: usize, length: usize): void {
  for (let at: usize = 0; at < length; at += 16) v128.store(to + at, v128.load(from + at));
}
