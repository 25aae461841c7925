import { hashError } from './hash-errors.ts';

/** What else but tokens makes a block differ. Only vLLM's hash takes it in. */
export interface HashScope {
  /** Name of the LoRA adapter. */
  readonly lora?: string;
  /** Images and the like, by ascending offset; their ids enter the blocks that they overlap. */
  readonly multimodal?: readonly MultimodalInput[];
  /** Keeps one tenant's prefixes from another's. */
  readonly cacheSalt?: string;
}

/** Where a multimodal input's placeholder tokens lie in the prompt. */
export interface MultimodalInput {
  readonly identifier: string;
  readonly offsetTokens: number;
  readonly lengthTokens: number;
}

/** Names the full blocks of a prompt as one engine does. */
export interface BlockHasher {
  readonly blockSize: number;
  /**
   * Writes the u64 name of every full block, root first, as two words, low word first: a `BigUint64Array` over the same
   * buffer reads them on every machine that Node runs on.
   *
   * @param out - At least `2 × ⌊tokens / blockSize⌋` words.
   * @returns Full blocks written; the tokens of a partial last block are left out, as engines do.
   * @throws WavetuneError `hash.bad-token` for an id that is no u32, `hash.short-output`.
   */
  hash(tokenIds: ArrayLike<number>, out: Uint32Array, scope?: HashScope): number;
}

const MAX_BLOCK_SIZE = 65_536;

/** Returns the size, or throws `hash.bad-block-size`. */
export function checkedBlockSize(blockSize: number): number {
  if (!Number.isInteger(blockSize) || blockSize < 1 || blockSize > MAX_BLOCK_SIZE) {
    throw hashError('hash.bad-block-size', { found: blockSize });
  }
  return blockSize;
}

/** Full blocks in the prompt, once the output is known to hold them. */
export function checkedBlockCount(tokens: number, blockSize: number, out: Uint32Array): number {
  const blocks = Math.floor(tokens / blockSize);
  if (out.length < 2 * blocks) {
    throw hashError('hash.short-output', { words: out.length, needed: 2 * blocks });
  }
  return blocks;
}

/** The token at `index`, or `hash.bad-token`. */
export function checkedToken(tokenIds: ArrayLike<number>, index: number): number {
  const token = tokenIds[index];
  if (token >>> 0 !== token) throw hashError('hash.bad-token', { index, found: token });
  return token;
}
