import type { Words64 } from './splitmix64.ts';

/** The key's four words, low word first. */
export type SipKey = readonly [number, number, number, number];

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) under one key: the hash of `bytes[0 … length)` into `out`.
 *
 * Cost: two 64-bit rounds a word of 8 bytes, on 32-bit halves; no allocation a hash.
 */
export function createSipHash24(
  key: SipKey,
): (bytes: Uint8Array, length: number, out: Words64) => void {
  const v = new Int32Array(8);
  return (bytes, length, out) => {
    seed(v, key);
    let at = 0;
    for (; at + 8 <= length; at += 8) absorb(v, wordAt(bytes, at, 4), wordAt(bytes, at + 4, 4));
    const rest = length - at;
    const lo = wordAt(bytes, at, Math.min(rest, 4));
    const hi = wordAt(bytes, at + 4, Math.max(rest - 4, 0)) | (length << 24);
    absorb(v, lo, hi);
    v[4] ^= 0xff;
    for (let i = 0; i < 4; i++) round(v);
    out.lo = (v[0] ^ v[2] ^ v[4] ^ v[6]) >>> 0;
    out.hi = (v[1] ^ v[3] ^ v[5] ^ v[7]) >>> 0;
  };
}

/** The four state words "somepseudorandomlygeneratedbytes", each low word first, under the key. */
function seed(v: Int32Array, key: SipKey): void {
  v[0] = key[0] ^ 0x7073_6575;
  v[1] = key[1] ^ 0x736f_6d65;
  v[2] = key[2] ^ 0x6e64_6f6d;
  v[3] = key[3] ^ 0x646f_7261;
  v[4] = key[0] ^ 0x6e65_7261;
  v[5] = key[1] ^ 0x6c79_6765;
  v[6] = key[2] ^ 0x7974_6573;
  v[7] = key[3] ^ 0x7465_6462;
}

function wordAt(bytes: Uint8Array, at: number, count: number): number {
  let word = 0;
  for (let i = 0; i < count; i++) word |= bytes[at + i] << (8 * i);
  return word;
}

function absorb(v: Int32Array, lo: number, hi: number): void {
  v[6] ^= lo;
  v[7] ^= hi;
  round(v);
  round(v);
  v[0] ^= lo;
  v[1] ^= hi;
}

function round(v: Int32Array): void {
  add(v, 0, 2);
  rotateLeft(v, 2, 13);
  xor(v, 2, 0);
  swapHalves(v, 0);
  add(v, 4, 6);
  rotateLeft(v, 6, 16);
  xor(v, 6, 4);
  add(v, 0, 6);
  rotateLeft(v, 6, 21);
  xor(v, 6, 0);
  add(v, 4, 2);
  rotateLeft(v, 2, 17);
  xor(v, 2, 4);
  swapHalves(v, 4);
}

function add(v: Int32Array, to: number, from: number): void {
  const low = (v[to] >>> 0) + (v[from] >>> 0);
  v[to] = low;
  v[to + 1] = v[to + 1] + v[from + 1] + (low > 0xffff_ffff ? 1 : 0);
}

function xor(v: Int32Array, to: number, from: number): void {
  v[to] ^= v[from];
  v[to + 1] ^= v[from + 1];
}

/** By 1 to 31 bits. */
function rotateLeft(v: Int32Array, at: number, bits: number): void {
  const lo = v[at];
  const hi = v[at + 1];
  v[at] = (lo << bits) | (hi >>> (32 - bits));
  v[at + 1] = (hi << bits) | (lo >>> (32 - bits));
}

function swapHalves(v: Int32Array, at: number): void {
  const lo = v[at];
  v[at] = v[at + 1];
  v[at + 1] = lo;
}
