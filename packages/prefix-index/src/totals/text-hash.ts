import { randomFillSync } from 'node:crypto';

/** Unknown to who names prefixes, and another in each process. */
const KEY = randomFillSync(new Uint32Array(2));

/**
 * HalfSipHash-1-3 (Aumasson, Bernstein: "SipHash", Indocrypt 2012; its form of 32 bits) of code units, two a word, under a
 * random key, so that nobody can send names that all fall into one place of a table. Unsigned.
 */
export function hashOfText(text: string): number {
  let v0 = KEY[0];
  let v1 = KEY[1];
  let v2 = 0x6c796765 ^ KEY[0];
  let v3 = 0x74656462 ^ KEY[1];
  const { length } = text;
  // The last word holds a unit where their number is odd, and the length.
  const words = (length >> 1) + 1;
  for (let word = 0; word < words + 3; word++) {
    let m = 0;
    if (word < words - 1) {
      m = text.charCodeAt(2 * word) | (text.charCodeAt(2 * word + 1) << 16);
    } else if (word === words - 1) {
      m = (length << 16) | ((length & 1) === 1 ? text.charCodeAt(length - 1) : 0);
    } else if (word === words) {
      v2 ^= 0xff;
    }
    v3 ^= m;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= m;
  }
  return (v1 ^ v3) >>> 0;
}
