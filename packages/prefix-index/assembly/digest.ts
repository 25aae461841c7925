import { reserve } from './memory';

/**
 * XXH3 with 128 bits, without a seed, of more than 240 bytes (Collet, xxHash 0.8): eight sums of 8 bytes, two in a vector. Bytes come
 * in pieces; the block that may be the last one is held back, and the stripe before it.
 */
const PIECE_BYTES: usize = 2 ** 18;
const STRIPE_BYTES: usize = 64;
const BLOCK_BYTES: usize = 1024;
const room: usize = reserve(STRIPE_BYTES + BLOCK_BYTES + PIECE_BYTES);
const bytes: usize = room + STRIPE_BYTES;

const SECRET: usize = memory.data<u64>([
  0xbe4ba423396cfeb8, 0x1cad21f72c81017c, 0xdb979083e96dd4de, 0x1f67b3b7a4a44072,
  0x78e5c0cc4ee679cb, 0x2172ffcc7dd05a82, 0x8e2443f7744608b8, 0x4c263a81e69035e0,
  0xcb00c391bb52283c, 0xa32e531b8b65d088, 0x4ef90da297486471, 0xd8acdea946ef1938,
  0x3f349ce33f76faa8, 0x1d4f0bc7c7bbdcf9, 0x3159b4cd4be0518a, 0x647378d9c97e9fc8,
  0xc3ebd33483acc5ea, 0xeb6313faffa081c5, 0x49daf0b751dd0d17, 0x9e68d429265516d3,
  0xfca1477d58be162b, 0xce31d07ad1b8f88f, 0x280416958f3acb45, 0x7e404bbbcafbd7af,
]);
const SCRAMBLE_SECRET: usize = SECRET + 128;
const LAST_SECRET: usize = SECRET + 121;

const PRIME_32: u64 = 0x9e3779b1;
const SUMS: usize = memory.data<u64>([
  0xc2b2ae3d, 0x9e3779b185ebca87, 0xc2b2ae3d27d4eb4f, 0x165667b19e3779f9, 0x85ebca77c2b2ae63,
  0x85ebca77, 0x27d4eb2f165667c5, 0x9e3779b1,
]);

let held: usize = 0;
let first: v128 = v128.load(SUMS);
let second: v128 = v128.load(SUMS, 16);
let third: v128 = v128.load(SUMS, 32);
let fourth: v128 = v128.load(SUMS, 48);

export function pieceBytes(): usize {
  return PIECE_BYTES;
}

/** Where the host puts the next piece. */
export function pieceAt(): usize {
  return bytes + held;
}

export function secretAt(): usize {
  return SECRET;
}

/** Adds the piece that stands there. */
export function addPiece(length: usize): void {
  const end = bytes + held + length;
  let at = bytes;
  while (end - at > BLOCK_BYTES) {
    addStripes(at, BLOCK_BYTES / STRIPE_BYTES);
    scramble();
    at += BLOCK_BYTES;
  }
  held = end - at;
  memory.copy(room, at - STRIPE_BYTES, STRIPE_BYTES + held);
}

/** Adds what is held back. @returns Where the eight sums stand. */
export function endPieces(): usize {
  addStripes(bytes, (held - 1) / STRIPE_BYTES);
  addStripe(bytes + held - STRIPE_BYTES, LAST_SECRET);
  v128.store(SUMS, first);
  v128.store(SUMS, second, 16);
  v128.store(SUMS, third, 32);
  v128.store(SUMS, fourth, 48);
  return SUMS;
}

function addStripes(at: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) addStripe(at + i * STRIPE_BYTES, SECRET + (i << 3));
}

function addStripe(at: usize, secret: usize): void {
  first = added(first, v128.load(at), v128.load(secret));
  second = added(second, v128.load(at, 16), v128.load(secret, 16));
  third = added(third, v128.load(at, 32), v128.load(secret, 32));
  fourth = added(fourth, v128.load(at, 48), v128.load(secret, 48));
}

/** Each sum gets its neighbour's data, and the product of the two halves of its own under the secret. */
function added(sums: v128, data: v128, secret: v128): v128 {
  const keyed = v128.xor(data, secret);
  const low = i32x4.shuffle(keyed, keyed, 0, 2, 0, 2);
  const high = i32x4.shuffle(keyed, keyed, 1, 3, 1, 3);
  const product = i64x2.extmul_low_i32x4_u(low, high);
  return i64x2.add(i64x2.add(sums, product), i64x2.shuffle(data, data, 1, 0));
}

function scramble(): void {
  first = scrambled(first, v128.load(SCRAMBLE_SECRET));
  second = scrambled(second, v128.load(SCRAMBLE_SECRET, 16));
  third = scrambled(third, v128.load(SCRAMBLE_SECRET, 32));
  fourth = scrambled(fourth, v128.load(SCRAMBLE_SECRET, 48));
}

function scrambled(sums: v128, secret: v128): v128 {
  const mixed = v128.xor(v128.xor(sums, i64x2.shr_u(sums, 47)), secret);
  return i64x2.mul(mixed, i64x2.splat(PRIME_32));
}
