import { hash } from 'node:crypto';

const U64 = /^\d{1,20}$/;
const LARGEST = 2n ** 64n - 1n;

/** A block's name as two words (low, high): a u64 id itself, else the first eight bytes of the name's SHA-256. */
export function idWordsOf(name: string): readonly [low: number, high: number] {
  const id = U64.test(name) ? BigInt(name) : LARGEST + 1n;
  if (id <= LARGEST) return [Number(id & 0xffff_ffffn), Number(id >> 32n)];
  const digest = hash('sha256', name, 'buffer');
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}
