import type { Chunk, Vector } from '@wavetune/engine';
import { grownUint32 } from '@wavetune/interning';
import {
  type ChainKind,
  chainOfKey,
  createVllmBlockHasher,
  type TraceOptions,
} from '@wavetune/trace';
import { createTextIds } from './text-ids.ts';

/** The chains of a chunk's rows as 64-bit ids. */
export interface ChunkChains {
  /** Pairs (low, high). */
  readonly words: Uint32Array;
  /** Row r's ids are `[offsets[r], offsets[r + 1])`; shape `[rows + 1]`. */
  readonly offsets: Uint32Array;
  /** Rows that turned out bad here, and why. */
  readonly reasons: ReadonlyMap<number, string>;
}

/** Turns the chain column of canonical chunks into ids. */
export interface ChainReader {
  /** The column that it reads; undefined where chains have none. */
  readonly column: 'ids' | 'key' | undefined;
  readonly read: (column: Vector | undefined, chunk: Chunk, isGood: RowTest) => ChunkChains;
  /** What the ids stand for, by id, where they number texts. */
  readonly texts: readonly string[] | undefined;
}

export type RowTest = (row: number) => boolean;

const NO_REASONS: ReadonlyMap<number, string> = new Map();
const SEED = '0';
const TOKENS_A_BLOCK = 16;

/** The reader for a format's kind of chain. */
export function createChainReader(kind: ChainKind, options: TraceOptions): ChainReader {
  switch (kind) {
    case 'ids':
      return { column: 'ids', read: readIds, texts: undefined };
    case 'hex':
      return { column: 'ids', read: readHex, texts: undefined };
    case 'tokens':
      return { column: 'ids', read: tokenReader(options), texts: undefined };
    case 'key':
      return keyReader((key) => [key]);
    case 'path':
      return keyReader(chainOfKey(options));
    case 'none':
      return { column: undefined, read: readNothing, texts: undefined };
  }
}

function readIds(column: Vector | undefined): ChunkChains {
  const { offsets, child } = listOf(column);
  if (child.kind !== 'u64') throw new Error(`ids are ${child.kind}, not u64`);
  return { words: child.words, offsets, reasons: NO_REASONS };
}

function readNothing(_column: Vector | undefined, { rowCount }: Chunk): ChunkChains {
  return { words: new Uint32Array(0), offsets: new Uint32Array(rowCount + 1), reasons: NO_REASONS };
}

const HEX = /^(?:0x)?[0-9a-f]{1,16}$/i;

function readHex(column: Vector | undefined, { rowCount }: Chunk, isGood: RowTest): ChunkChains {
  const { offsets, child } = listOf(column);
  if (child.kind !== 'text') throw new Error(`hashes are ${child.kind}, not text`);
  const words = new Uint32Array(2 * offsets[rowCount]);
  const reasons = new Map<number, string>();
  for (let row = 0; row < rowCount; row++) {
    if (!isGood(row)) continue;
    for (let i = offsets[row]; i < offsets[row + 1]; i++) {
      const text = child.values[i];
      if (text === null || !HEX.test(text)) {
        const found = text === null ? 'no text' : `"${text.slice(0, 40)}"`;
        reasons.set(row, `a hash is ${found}; accepted are 1 to 16 hexadecimal digits`);
        break;
      }
      const digits = text.replace(/^0x/i, '').padStart(16, '0');
      words[2 * i] = Number.parseInt(digits.slice(8), 16);
      words[2 * i + 1] = Number.parseInt(digits.slice(0, 8), 16);
    }
  }
  return { words, offsets, reasons };
}

/** Full blocks, named as vLLM's `sha256_cbor` names them. */
function tokenReader(options: TraceOptions): ChainReader['read'] {
  const blockSize = options.blockSize ?? TOKENS_A_BLOCK;
  const hasher = createVllmBlockHasher({ seed: options.hashSeed ?? SEED, blockSize });
  return (column, { rowCount }, isGood) => {
    const { offsets: tokenOffsets, child } = listOf(column);
    if (child.kind !== 'u64') throw new Error(`tokens are ${child.kind}, not u64`);
    const offsets = new Uint32Array(rowCount + 1);
    let words: Uint32Array = new Uint32Array(1024);
    for (let row = 0; row < rowCount; row++) {
      const length = isGood(row) ? tokenOffsets[row + 1] - tokenOffsets[row] : 0;
      const tokens = new Uint32Array(length);
      for (let i = 0; i < length; i++) tokens[i] = child.words[2 * (tokenOffsets[row] + i)];
      offsets[row + 1] = offsets[row] + Math.floor(length / blockSize);
      words = grownUint32(words, 2 * offsets[row + 1]);
      hasher.hash(tokens, words.subarray(2 * offsets[row], 2 * offsets[row + 1]));
    }
    return { words, offsets, reasons: NO_REASONS };
  };
}

/** Prefixes of keys, numbered. */
function keyReader(chainOf: (key: string) => readonly string[]): ChainReader {
  const ids = createTextIds();
  const read: ChainReader['read'] = (column, { rowCount }, isGood) => {
    if (column?.kind !== 'text') throw new Error(`keys are ${column?.kind}, not text`);
    const offsets = new Uint32Array(rowCount + 1);
    let words: Uint32Array = new Uint32Array(4 * rowCount);
    for (let row = 0; row < rowCount; row++) {
      const key = isGood(row) ? column.values[row] : null;
      const chain = key === null ? [] : chainOf(key);
      words = grownUint32(words, 2 * (offsets[row] + chain.length));
      for (let i = 0; i < chain.length; i++) words[2 * (offsets[row] + i)] = ids.idOf(chain[i]);
      offsets[row + 1] = offsets[row] + chain.length;
    }
    return { words, offsets, reasons: NO_REASONS };
  };
  return { column: 'key', read, texts: ids.texts };
}

function listOf(column: Vector | undefined): Extract<Vector, { kind: 'list' }> {
  if (column?.kind !== 'list') throw new Error(`the chain column is ${column?.kind}, not a list`);
  return column;
}
