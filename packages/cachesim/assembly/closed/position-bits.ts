import { reserve } from '../memory';

/** Positions of a word of the third level, as a power of two. */
const TOP_SHIFT: u32 = 18;

/**
 * A set of positions that says which is the first at or after p: a bitset under two summaries of 64 bits a word. A bit of a
 * summary is set iff its word below is not zero.
 */
@unmanaged
export class PositionBits {
  bits: usize;
  summary: usize;
  top: usize;
  topWords: u32;
}

/** The empty set over `[0, length)`. */
export function initializeBits(set: PositionBits, length: u32): void {
  set.bits = reserve((<u64>((length >> 6) + 1)) << 3);
  set.summary = reserve((<u64>((length >> 12) + 1)) << 3);
  set.topWords = (length >> TOP_SHIFT) + 1;
  set.top = reserve((<u64>set.topWords) << 3);
}

export function setPosition(set: PositionBits, position: u32): void {
  const at = addressOf(set.bits, position);
  const before = load<u64>(at);
  store<u64>(at, before | ((<u64>1) << position));
  if (before !== 0) return;
  const word = position >> 6;
  const above = addressOf(set.summary, word);
  store<u64>(above, load<u64>(above) | ((<u64>1) << word));
  const top = addressOf(set.top, word >> 6);
  store<u64>(top, load<u64>(top) | ((<u64>1) << (word >> 6)));
}

export function clearPosition(set: PositionBits, position: u32): void {
  const at = addressOf(set.bits, position);
  const before = load<u64>(at);
  const rest = before & ~((<u64>1) << position);
  store<u64>(at, rest);
  if (rest !== 0 || before === 0) return;
  const word = position >> 6;
  const above = addressOf(set.summary, word);
  const words = load<u64>(above) & ~((<u64>1) << word);
  store<u64>(above, words);
  if (words !== 0) return;
  const top = addressOf(set.top, word >> 6);
  store<u64>(top, load<u64>(top) & ~((<u64>1) << (word >> 6)));
}

export function hasPosition(set: PositionBits, position: u32): bool {
  return ((load<u64>(addressOf(set.bits, position)) >> position) & 1) !== 0;
}

/** The lowest member `≥ position`, -1 where there is none; `position` is at most the length. */
export function firstPositionFrom(set: PositionBits, position: u32): i32 {
  const here = load<u64>(addressOf(set.bits, position)) & (~(<u64>0) << position);
  if (here !== 0) return (position & ~63) + <u32>ctz(here);
  const word = (position >> 6) + 1;
  if ((word & 63) !== 0) {
    const rest = load<u64>(addressOf(set.summary, word)) & (~(<u64>0) << word);
    if (rest !== 0) return lowestIn(set, (word & ~63) + <u32>ctz(rest));
  }
  const group = (word + 63) >> 6;
  let mask = ~(<u64>0) << group;
  for (let at = group >> 6; at < set.topWords; at++) {
    const groups = load<u64>(set.top + ((<usize>at) << 3)) & mask;
    mask = ~(<u64>0);
    if (groups === 0) continue;
    const found = (at << 6) + <u32>ctz(groups);
    const words = load<u64>(set.summary + ((<usize>found) << 3));
    return lowestIn(set, (found << 6) + <u32>ctz(words));
  }
  return -1;
}

function lowestIn(set: PositionBits, word: u32): u32 {
  return (word << 6) + <u32>ctz(load<u64>(set.bits + ((<usize>word) << 3)));
}

/** The 64 bits in which bit `at` lies. */
function addressOf(bits: usize, at: u32): usize {
  return bits + ((<usize>at >> 6) << 3);
}
