import { createRng } from '@wavetune/core';
import type { ShardRow } from '../src/index.ts';

/** Names that a separator, an escape or a byte order could trip over, and one of every kind of letter. */
export const HOSTILE_NAMES = [
  'plain',
  'tab\there',
  'line\nend',
  'back\\slash',
  '\\N',
  'Straße',
  '東京',
  'quote\'"',
  '\r',
  '𝄞',
];

export const BLOCK_SIZE = 16;

/** Conversations of several tenants that share a system prompt: chains that grow, ids up to 2^64 − 1, ties in time. */
export function syntheticRows(seed: number, requests: number): readonly ShardRow[] {
  const rng = createRng(seed);
  const talks = new Map<string, bigint[]>();
  let timeMillis = 0;
  return Array.from({ length: requests }, () => {
    const shard = HOSTILE_NAMES[Math.floor(HOSTILE_NAMES.length * rng.nextFloat() ** 2)];
    const talk = `${shard} ${Math.floor(12 * rng.nextFloat())}`;
    const chain = talks.get(talk) ?? [2n ** 64n - 1n, 2n ** 63n];
    const added = Math.floor(4 * rng.nextFloat());
    const grown = [
      ...chain,
      ...Array.from({ length: added }, () => BigInt(Math.floor(2 ** 52 * rng.nextFloat())) * 1021n),
    ];
    talks.set(talk, grown.length > 20 ? [2n ** 64n - 1n] : grown);
    timeMillis += rng.nextFloat() < 0.3 ? 0 : Math.floor(1000 * rng.nextFloat());
    const inputTokens = grown.length * BLOCK_SIZE - Math.floor(BLOCK_SIZE * rng.nextFloat());
    const outputTokens = Math.floor(100 * rng.nextFloat());
    return { shard, timeMillis, inputTokens, outputTokens, ids: grown };
  });
}

/** The rows as an engine hands them over: sorted by shard as bytes, otherwise in their order. */
export function sortedByShard(rows: readonly ShardRow[], encode: (row: ShardRow) => string) {
  const lines = rows.map((row) => Buffer.from(encode(row)));
  const keyOf = (line: Buffer) => line.subarray(0, line.indexOf(9));
  return lines.sort((a, b) => Buffer.compare(keyOf(a), keyOf(b)));
}
