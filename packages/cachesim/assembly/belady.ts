import { AHEAD, countEvictions, keep, referenceAt, reserve } from './memory';

const NONE: u32 = 0xffffffff;

/** Bit t: the block referenced at t is resident and not referenced before. */
let uses: usize = 0;
/** A bit for every 64 bits of `uses` that are not all zero, and so on. */
let summary: usize = 0;
let overview: usize = 0;
/** References of the trace. */
let last: u32 = 0;
let capacity: u32 = 0;
let bypass: bool = false;
/** No word of `overview` above this one has a bit. */
let top: u32 = 0;
let now: u32 = 0;
let size: u32 = 0;
/** Resident blocks that are not referenced again. */
let unused: u32 = 0;

/**
 * Belady's MIN as a bitset over time with two summaries: a hit is one bit test, the block used farthest ahead is the highest
 * bit. The stage holds the next use of each reference. No state a block.
 */
export function createBelady(references: u32, capacityBlocks: u32, isBypassing: bool): void {
  capacity = capacityBlocks;
  bypass = isBypassing;
  last = references;
  const words = (references >> 6) + 1;
  uses = reserve((<u64>words) << 3);
  summary = reserve((<u64>((words >> 6) + 1)) << 3);
  overview = reserve((<u64>((words >> 12) + 1)) << 3);
}

/** Requests the references `[from, to)` of the stage; how many hit. */
export function runBelady(from: u32, to: u32): u32 {
  const furthest = last;
  let hits: u32 = 0;
  let read: u32 = 0;
  for (let i = from; i < to; i++, now++) {
    const use = referenceAt(i);
    read ^= load<u32>(wordOf(uses, min(referenceAt(i + AHEAD), furthest)));
    const word = load<u64>(wordOf(uses, now));
    const bit = (<u64>1) << now;
    if ((word & bit) !== 0) {
      hits++;
      store<u64>(wordOf(uses, now), word ^ bit);
      if (word === bit) emptyWord(now >> 6);
    } else if (size < capacity) {
      size++;
    } else if (!makeRoom(use)) {
      continue;
    }
    if (use === NONE) unused++;
    else setUse(use);
  }
  keep(read);
  return hits;
}

/** The 64 bits in which bit `at` lies. */
function wordOf(bits: usize, at: u32): usize {
  return bits + ((<usize>at >> 6) << 3);
}

function setUse(use: u32): void {
  const before = load<u64>(wordOf(uses, use));
  store<u64>(wordOf(uses, use), before | ((<u64>1) << use));
  if (before !== 0) return;
  const at = use >> 6;
  store<u64>(wordOf(summary, at), load<u64>(wordOf(summary, at)) | ((<u64>1) << at));
  const group = at >> 6;
  store<u64>(wordOf(overview, group), load<u64>(wordOf(overview, group)) | ((<u64>1) << group));
  top = max(top, group >> 6);
}

/** Word `at` of `uses` has no bit left. */
function emptyWord(at: u32): void {
  const words = load<u64>(wordOf(summary, at)) & ~((<u64>1) << at);
  store<u64>(wordOf(summary, at), words);
  if (words !== 0) return;
  const group = at >> 6;
  store<u64>(wordOf(overview, group), load<u64>(wordOf(overview, group)) & ~((<u64>1) << group));
}

/** False where the block used at `use` stays out. */
function makeRoom(use: u32): bool {
  if (unused > 0) {
    if (bypass && use === NONE) return false;
    unused--;
    countEvictions(1);
    return true;
  }
  while (load<u64>(overview + ((<usize>top) << 3)) === 0) top--;
  const group = (top << 6) + highest(load<u64>(overview + ((<usize>top) << 3)));
  const at = (group << 6) + highest(load<u64>(summary + ((<usize>group) << 3)));
  const word = load<u64>(uses + ((<usize>at) << 3));
  const shift = highest(word);
  if (bypass && use >= (at << 6) + shift) return false;
  const rest = word ^ ((<u64>1) << shift);
  store<u64>(uses + ((<usize>at) << 3), rest);
  if (rest === 0) emptyWord(at);
  countEvictions(1);
  return true;
}

function highest(word: u64): u32 {
  return 63 - <u32>clz(word);
}
