import { reserve } from './memory';

const MOST: i8 = 15;
const GROUPS_PER_BLOCK: u32 = 8;
/** Low bits of a hash that say which counters of a group are its own. */
const CHOICES: u32 = 256;

/** Groups of 16 counters of a byte. */
let groups: usize = 0;
let groupBytes: u32 = 0;
/** By choice: 16 bytes, 0 for its own four counters, one in each quarter, and all bits for the others. */
let others: usize = 0;
/** Moves a hash to a group. */
let shift: u32 = 0;
let period: u32 = 0;
let additions: u32 = 0;

/** The sketch of the policy in the generic frame: how often a block was seen lately. */
export function createSketch(countedBlocks: u32, distinctBlocks: u32): void {
  const most = <u32>min<u64>(<u64>GROUPS_PER_BLOCK * countedBlocks, distinctBlocks);
  const groupBits = min<u32>(24, max<u32>(1, most < 2 ? 0 : 31 - clz(most)));
  groupBytes = 16 << groupBits;
  groups = reserve(groupBytes);
  shift = 32 - groupBits;
  period = 10 * countedBlocks;
  others = reserve(16 * CHOICES);
  memory.fill(others, 0xff, 16 * CHOICES);
  for (let choice: u32 = 0; choice < CHOICES; choice++) {
    const at = others + 16 * choice;
    store<u8>(at + (choice & 3), 0);
    store<u8>(at + ((choice >> 2) & 3), 0, 4);
    store<u8>(at + ((choice >> 4) & 3), 0, 8);
    store<u8>(at + ((choice >> 6) & 3), 0, 12);
  }
}

export function estimate(block: u32): u32 {
  const hash = hashOf(block);
  return i8x16.extract_lane_u(leastOf(ownOf(v128.load(groupOf(hash)), hash)), 0);
}

export function addToSketch(block: u32): void {
  const hash = hashOf(block);
  const at = groupOf(hash);
  const counters = v128.load(at);
  const own = ownOf(counters, hash);
  const least = leastOf(own);
  const grows = v128.and(i8x16.eq(own, least), i8x16.lt_u(least, i8x16.splat(MOST)));
  v128.store(at, i8x16.sub(counters, grows));
  if (++additions === period) halve();
}

/** The counters with those that are not the hash's own at the highest value. */
function ownOf(counters: v128, hash: u32): v128 {
  return v128.or(counters, v128.load(others + ((<usize>hash & (CHOICES - 1)) << 4)));
}

/** The least counter, in every byte. */
function leastOf(own: v128): v128 {
  const halves = i8x16.min_u(own, i32x4.shuffle(own, own, 2, 3, 0, 1));
  const quarters = i8x16.min_u(halves, i32x4.shuffle(halves, halves, 1, 0, 3, 2));
  const pairs = i8x16.min_u(quarters, v128.or(i32x4.shl(quarters, 16), i32x4.shr_u(quarters, 16)));
  return i8x16.min_u(pairs, v128.or(i16x8.shl(pairs, 8), i16x8.shr_u(pairs, 8)));
}

function groupOf(hash: u32): usize {
  return groups + ((<usize>hash >> shift) << 4);
}

function hashOf(block: u32): u32 {
  const mixed = (block + 1) * 0x85ebca77;
  return (mixed ^ (mixed >> 15)) * 0xc2b2ae3d;
}

function halve(): void {
  const end = groups + groupBytes;
  for (let at = groups; at < end; at += 16) {
    v128.store(at, i8x16.shr_u(v128.load(at), 1));
  }
  additions = 0;
}
