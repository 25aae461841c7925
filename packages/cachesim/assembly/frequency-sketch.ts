import { reserve } from './memory';

const MOST: u32 = 15;
const GROUPS_PER_BLOCK: u32 = 8;

let counters: usize = 0;
let counterBytes: u32 = 0;
/** Moves a hash to a group of 16 counters. */
let shift: u32 = 0;
let period: u32 = 0;
let additions: u32 = 0;

/** The sketch of the policy in the generic frame: how often a block was seen lately. */
export function createSketch(countedBlocks: u32, distinctBlocks: u32): void {
  const groups = <u32>min<u64>(<u64>GROUPS_PER_BLOCK * countedBlocks, distinctBlocks);
  const groupBits = min<u32>(24, max<u32>(1, groups < 2 ? 0 : 31 - clz(groups)));
  counterBytes = 16 << groupBits;
  counters = reserve(counterBytes);
  shift = 32 - groupBits;
  period = 10 * countedBlocks;
}

export function estimate(block: u32): u32 {
  const hash = hashOf(block);
  const group = groupOf(hash);
  const a = load<u8>(group + (hash & 3));
  const b = load<u8>(group + ((hash >> 2) & 3), 4);
  const c = load<u8>(group + ((hash >> 4) & 3), 8);
  const d = load<u8>(group + ((hash >> 6) & 3), 12);
  return min<u32>(min<u32>(a, b), min<u32>(c, d));
}

export function addToSketch(block: u32): void {
  const hash = hashOf(block);
  const group = groupOf(hash);
  const atA = group + (hash & 3);
  const atB = group + ((hash >> 2) & 3);
  const atC = group + ((hash >> 4) & 3);
  const atD = group + ((hash >> 6) & 3);
  const a: u32 = load<u8>(atA);
  const b: u32 = load<u8>(atB, 4);
  const c: u32 = load<u8>(atC, 8);
  const d: u32 = load<u8>(atD, 12);
  const least = min(min(a, b), min(c, d));
  const more = <u32>(least < MOST);
  store<u8>(atA, a + (<u32>(a === least) & more));
  store<u8>(atB, b + (<u32>(b === least) & more), 4);
  store<u8>(atC, c + (<u32>(c === least) & more), 8);
  store<u8>(atD, d + (<u32>(d === least) & more), 12);
  if (++additions === period) halve();
}

/** Some of the counters of `block`, to have them in cache. */
export function peekCounters(block: u32): u32 {
  return load<u32>(groupOf(hashOf(block)));
}

function groupOf(hash: u32): usize {
  return counters + ((<usize>hash >> shift) << 4);
}

function hashOf(block: u32): u32 {
  const mixed = (block + 1) * 0x85ebca77;
  return (mixed ^ (mixed >> 15)) * 0xc2b2ae3d;
}

function halve(): void {
  for (let at: u32 = 0; at < counterBytes; at += 8) {
    const bytes = load<u64>(counters + at);
    store<u64>(counters + at, (bytes >> 1) & 0x7f7f7f7f7f7f7f7f);
  }
  additions = 0;
}
