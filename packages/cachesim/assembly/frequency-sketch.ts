import { reserve } from './memory';

const MOST: u64 = 15;
const GROUPS_PER_BLOCK: u32 = 8;
/** All bits of all counters but the highest of each. */
const HALVES: u64 = 0x7777777777777777;

/** Groups of 16 counters of four bits. */
let groups: usize = 0;
let groupBytes: u32 = 0;
/** Moves a hash to a group. */
let shift: u32 = 0;
let period: u32 = 0;
let additions: u32 = 0;

/** The sketch of the policy in the generic frame: how often a block was seen lately. */
export function createSketch(countedBlocks: u32, distinctBlocks: u32): void {
  const most = <u32>min<u64>(<u64>GROUPS_PER_BLOCK * countedBlocks, distinctBlocks);
  const groupBits = min<u32>(24, max<u32>(1, most < 2 ? 0 : 31 - clz(most)));
  groupBytes = 8 << groupBits;
  groups = reserve(groupBytes);
  shift = 32 - groupBits;
  period = 10 * countedBlocks;
}

export function estimate(block: u32): u32 {
  const hash = hashOf(block);
  return <u32>leastOf(load<u64>(groupOf(hash)), hash);
}

/** The least of the four counters of a hash, one in each quarter of its group. */
function leastOf(counters: u64, hash: u64): u64 {
  const a = (counters >> ((hash & 3) << 2)) & MOST;
  const b = (counters >> (16 + (((hash >> 2) & 3) << 2))) & MOST;
  const c = (counters >> (32 + (((hash >> 4) & 3) << 2))) & MOST;
  const d = (counters >> (48 + (((hash >> 6) & 3) << 2))) & MOST;
  return min(min(a, b), min(c, d));
}

export function addToSketch(block: u32): void {
  const hash: u64 = hashOf(block);
  const at = groupOf(<u32>hash);
  const counters = load<u64>(at);
  const a = (hash & 3) << 2;
  const b = 16 + (((hash >> 2) & 3) << 2);
  const c = 32 + (((hash >> 4) & 3) << 2);
  const d = 48 + (((hash >> 6) & 3) << 2);
  const least = leastOf(counters, hash);
  const more =
    ((<u64>(((counters >> a) & MOST) === least)) << a) |
    ((<u64>(((counters >> b) & MOST) === least)) << b) |
    ((<u64>(((counters >> c) & MOST) === least)) << c) |
    ((<u64>(((counters >> d) & MOST) === least)) << d);
  store<u64>(at, counters + select<u64>(more, 0, least < MOST));
  if (++additions === period) halve();
}

/** Some of the counters of `block`, to have them in cache. */
export function peekCounters(block: u32): u32 {
  return load<u32>(groupOf(hashOf(block)));
}

function groupOf(hash: u32): usize {
  return groups + ((<usize>hash >> shift) << 3);
}

function hashOf(block: u32): u32 {
  const mixed = (block + 1) * 0x85ebca77;
  return (mixed ^ (mixed >> 15)) * 0xc2b2ae3d;
}

function halve(): void {
  for (let at: u32 = 0; at < groupBytes; at += 8) {
    store<u64>(groups + at, (load<u64>(groups + at) >> 1) & HALVES);
  }
  additions = 0;
}
