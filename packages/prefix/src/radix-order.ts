const DIGIT_BITS = 16;
const BUCKETS = 1 << DIGIT_BITS;

/**
 * The indices of `keys`, highest key first, ties in ascending order of index.
 *
 * A least-significant-digit radix sort (Knuth, TAOCP vol. 3, 5.2.5) on 16-bit digits; a digit that is the same in every
 * key costs one read of it and no move.
 *
 * Cost: O(n) time, 16 bytes a key.
 *
 * @param keys - Whole numbers from 0 to 2^53 - 1.
 */
export function orderDescending(keys: Float64Array | Uint32Array): Uint32Array {
  let order = new Uint32Array(keys.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  let spare = new Uint32Array(keys.length);
  const words = keys instanceof Uint32Array ? [keys] : splitWords(keys);
  const ends = new Uint32Array(BUCKETS);
  for (const word of words) {
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      if (!countDigits(word, shift, ends)) continue;
      scatter(word, { shift, ends, from: order, to: spare });
      [order, spare] = [spare, order];
    }
  }
  return order;
}

function splitWords(keys: Float64Array): readonly Uint32Array[] {
  const low = new Uint32Array(keys.length);
  const high = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    low[i] = keys[i];
    high[i] = keys[i] / 0x1_0000_0000;
  }
  return [low, high];
}

/** Fills `ends` with where each digit's bucket begins, highest digit first; false if all keys share one digit. */
function countDigits(word: Uint32Array, shift: number, ends: Uint32Array): boolean {
  ends.fill(0);
  for (let i = 0; i < word.length; i++) ends[(word[i] >>> shift) & (BUCKETS - 1)] += 1;
  if (word.length === 0 || ends[(word[0] >>> shift) & (BUCKETS - 1)] === word.length) return false;
  let begin = 0;
  for (let digit = BUCKETS - 1; digit >= 0; digit--) {
    const count = ends[digit];
    ends[digit] = begin;
    begin += count;
  }
  return true;
}

interface Pass {
  readonly shift: number;
  readonly ends: Uint32Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

function scatter(word: Uint32Array, { shift, ends, from, to }: Pass): void {
  for (let i = 0; i < from.length; i++) {
    const digit = (word[from[i]] >>> shift) & (BUCKETS - 1);
    to[ends[digit]++] = from[i];
  }
}
