import { NONE } from '@wavetune/core';
import { grownCapacity, lengthened } from './growth.ts';
import { createIdPool } from './id-pool.ts';
import { createIdTable } from './id-table.ts';
import { mix32 } from './mix.ts';

/**
 * The distinct runs of `blockSize` tokens, whatever stands before them: the words that block chains are spelled in. Kept
 * once each, however many blocks hold them.
 */
export interface Contents {
  readonly count: number;
  readonly sizeBytes: number;
  /** Tokens of content c at `[c × blockSize, (c + 1) × blockSize)`. */
  readonly tokens: Uint32Array;
  /** The content `tokens[at … at + blockSize)`, made where it is new, and held once more. */
  hold(tokens: Uint32Array, at: number): number;
  /** Holds it once less. @returns whether it is gone. */
  release(content: number): boolean;
  /** Whether it is held by one only. */
  isSingle(content: number): boolean;
  reserve(count: number): void;
}

export function createContents(blockSize: number): Contents {
  const pool = createIdPool();
  let tokens = new Uint32Array(0);
  let hashes = new Uint32Array(0);
  let holders = new Uint32Array(0);
  const table = createIdTable((content) => hashes[content]);

  return {
    get count() {
      return pool.size;
    },
    get tokens() {
      return tokens;
    },
    get sizeBytes() {
      return tokens.byteLength + hashes.byteLength + holders.byteLength + table.sizeBytes;
    },
    hold(source, at) {
      const hash = hashTokens(source, at, blockSize);
      const known = table.find(hash, (content) => {
        if (hashes[content] !== hash) return false;
        const begin = content * blockSize;
        for (let i = 0; i < blockSize; i++) if (tokens[begin + i] !== source[at + i]) return false;
        return true;
      });
      if (known !== NONE) {
        holders[known]++;
        return known;
      }
      const content = pool.take();
      tokens.set(source.subarray(at, at + blockSize), content * blockSize);
      hashes[content] = hash;
      holders[content] = 1;
      table.add(content);
      return content;
    },
    release(content) {
      if (--holders[content] > 0) return false;
      table.remove(content);
      pool.giveBack(content);
      return true;
    },
    isSingle: (content) => holders[content] === 1,
    reserve(count) {
      const capacity = grownCapacity(hashes.length, pool.boundAfter(count));
      pool.reserve(count);
      table.reserve(count);
      tokens = lengthened(tokens, capacity * blockSize);
      hashes = lengthened(hashes, capacity);
      holders = lengthened(holders, capacity);
    },
  };
}

function hashTokens(tokens: Uint32Array, at: number, count: number): number {
  let hash = count;
  for (let i = at; i < at + count; i++) hash = Math.imul(hash ^ mix32(tokens[i]), 0x0100_0193);
  return mix32(hash);
}
