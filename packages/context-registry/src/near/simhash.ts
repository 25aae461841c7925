import { mix32 } from '../exact/mix.ts';

/** The two words of a SimHash. */
export interface Signature {
  low: number;
  high: number;
}

const SEED_ALONE = 0x9e37_79b9;
const SEED_PAIR = 0x85eb_ca77;
const SEED_HIGH = 0xc2b2_ae3d;

/**
 * The 64-bit SimHash of `count` tokens from `at` (Charikar 2002): each bit is the majority of that bit in the 64-bit hashes
 * of all shingles of one token and of two neighbouring tokens, `2 × count − 1` of them, so no majority is a tie. Pairs
 * make it sensitive to order; single tokens keep one changed token near (chosen: README, decisions).
 *
 * All 64 bits are independent: the words are made from one well-mixed value by two different finalised functions.
 *
 * Cost: bits are counted 32 at a time in vertical counters, about 20 operations a shingle; writes to `out` only.
 */
export function createSimHash(count: number): SimHash {
  const shingles = 2 * count - 1;
  const planes = 32 - Math.clz32(shingles);
  const lowPlanes = new Int32Array(planes);
  const highPlanes = new Int32Array(planes);
  return (tokens, at, out) => {
    lowPlanes.fill(0);
    highPlanes.fill(0);
    let before = 0;
    for (let i = at; i < at + count; i++) {
      const token = mix32(tokens[i] ^ SEED_ALONE);
      countBits(lowPlanes, token);
      countBits(highPlanes, mix32(token ^ SEED_HIGH));
      if (i > at) {
        const pair = mix32(Math.imul(before, 3) + token + SEED_PAIR);
        countBits(lowPlanes, pair);
        countBits(highPlanes, mix32(pair ^ SEED_HIGH));
      }
      before = token;
    }
    out.low = atLeast(lowPlanes, count);
    out.high = atLeast(highPlanes, count);
  };
}

/** Writes the signature of the tokens from `at`. */
export type SimHash = (tokens: Uint32Array, at: number, out: Signature) => void;

/** Bits in which two signatures differ. */
export function hammingBits(a: Signature, b: Signature): number {
  return bitCount(a.low ^ b.low) + bitCount(a.high ^ b.high);
}

/** Bits set in a word. */
export function bitCount(word: number): number {
  let x = word - ((word >>> 1) & 0x5555_5555);
  x = (x & 0x3333_3333) + ((x >>> 2) & 0x3333_3333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

function countBits(planes: Int32Array, word: number): void {
  let carry = word;
  for (let plane = 0; carry !== 0; plane++) {
    const both = planes[plane] & carry;
    planes[plane] ^= carry;
    carry = both;
  }
}

/** The bits that were counted `threshold` times or more, read from the highest plane down. */
function atLeast(planes: Int32Array, threshold: number): number {
  let more = 0;
  let equal = -1;
  for (let plane = planes.length - 1; plane >= 0; plane--) {
    if ((threshold >>> plane) & 1) equal &= planes[plane];
    else {
      more |= equal & planes[plane];
      equal &= ~planes[plane];
    }
  }
  return (more | equal) >>> 0;
}
