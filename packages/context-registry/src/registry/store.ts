import { NONE } from '@wavetune/core';
import { type BlockForest, type Chain, createBlockForest } from '../exact/block-forest.ts';
import { createIdPool, type IdPool } from '../exact/id-pool.ts';
import { createLandmarkIndex, type LandmarkIndex } from '../near/landmarks.ts';
import { createSignatureIndex, type SignatureIndex } from '../near/signature-index.ts';
import { createSimHash, type SimHash } from '../near/simhash.ts';
import { createScopes, type Scopes } from './scopes.ts';
import type { Entry } from './types.ts';

/** A prompt, encoded and hashed. */
export interface Spelling {
  readonly tokens: Uint32Array;
  /** Names of its full blocks, two words each. */
  readonly names: Uint32Array;
  readonly scopeLabel: string;
}

/** An entry that is to be held. */
export interface Draft extends Spelling {
  readonly entry: Entry;
}

/** An entry, and where its tokens are: the full blocks in the forest, the rest in `tail`. */
export interface Held {
  readonly entry: Entry;
  readonly scopeLabel: string;
  readonly chain: Chain;
  readonly tail: Uint32Array;
}

/** The tokens of everything held: exact, by similarity, by passage. Each distinct block is there once. */
export interface Store {
  readonly blockSize: number;
  readonly forest: BlockForest;
  /** Of contents, by content id. */
  readonly signatures: SignatureIndex;
  /** Of blocks, by block id. */
  readonly landmarks: LandmarkIndex;
  readonly scopes: Scopes;
  readonly simHash: SimHash;
  insert(draft: Draft): Held;
  remove(held: Held): void;
  /** The entry whose chain has that id. */
  heldBy(chain: number): Held;
  /** Ids of a chain's blocks, root first. */
  blocksOf(held: Held): Uint32Array;
  /** The tokens of an entry, a copy. */
  tokensOf(held: Held): Uint32Array;
  /** Of all that stands above. */
  readonly sizeBytes: number;
}

/** @param blockSize - Tokens a block. */
export function createStore(blockSize: number): Store {
  const parts = {
    blockSize,
    forest: createBlockForest(blockSize),
    signatures: createSignatureIndex(),
    landmarks: createLandmarkIndex(),
    scopes: createScopes(),
    simHash: createSimHash(blockSize),
  };
  const { forest, signatures, landmarks } = parts;
  const ids = createIdPool();
  const byId: (Held | undefined)[] = [];
  return {
    ...parts,
    heldBy(chain) {
      const held = byId[chain];
      if (held === undefined) throw new Error(`no entry has chain ${chain}`);
      return held;
    },
    insert: insertInto(parts, ids, byId),
    remove(held) {
      forest.remove(held.chain, (block) => {
        landmarks.removeBlock(block);
        const content = forest.blocks.columns.contentOf[block];
        if (forest.blocks.contents.isSingle(content)) signatures.remove(content);
      });
      parts.scopes.release(held.scopeLabel);
      ids.giveBack(held.chain.id);
      byId[held.chain.id] = undefined;
    },
    blocksOf: (held) => readBlocks(forest, held),
    tokensOf(held) {
      const { contents, columns } = forest.blocks;
      const tokens = new Uint32Array(held.entry.tokenCount);
      readBlocks(forest, held).forEach((block, index) => {
        const begin = columns.contentOf[block] * blockSize;
        tokens.set(contents.tokens.subarray(begin, begin + blockSize), index * blockSize);
      });
      tokens.set(held.tail, tokens.length - held.tail.length);
      return tokens;
    },
    get sizeBytes() {
      const { blocks, runs } = forest;
      return blocks.sizeBytes + runs.sizeBytes + signatures.sizeBytes + landmarks.sizeBytes;
    },
  };
}

type Parts = Pick<
  Store,
  'blockSize' | 'forest' | 'signatures' | 'landmarks' | 'scopes' | 'simHash'
>;

function insertInto(parts: Parts, ids: IdPool, byId: (Held | undefined)[]) {
  const { blockSize, forest, signatures, landmarks, scopes, simHash } = parts;
  const signature = { low: 0, high: 0 };
  return (draft: Draft): Held => {
    const { entry, scopeLabel, tokens, names } = draft;
    const scope = scopes.hold(scopeLabel);
    ids.reserve(1);
    const chain = forest.insert(ids.take(), { tokens, names, scope }, (block, index) => {
      const begin = index * blockSize;
      landmarks.addBlock(block, tokens, { begin, end: begin + blockSize, scope });
      const content = forest.blocks.columns.contentOf[block];
      if (!forest.blocks.contents.isSingle(content)) return;
      simHash(tokens, begin, signature);
      signatures.add(content, signature);
    });
    const held = { entry, scopeLabel, chain, tail: tokens.slice(entry.blockCount * blockSize) };
    byId[chain.id] = held;
    return held;
  };
}

function readBlocks({ blocks }: BlockForest, { chain, entry }: Held): Uint32Array {
  const ids = new Uint32Array(entry.blockCount);
  let block = chain.last;
  for (let index = ids.length - 1; index >= 0 && block !== NONE; index--) {
    ids[index] = block;
    block = blocks.columns.parents[block];
  }
  return ids;
}
