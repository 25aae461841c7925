import { createXXHash3 } from 'hash-wasm';
import {
  type BlockHasher,
  checkedBlockCount,
  checkedBlockSize,
  checkedToken,
} from './block-hasher.ts';

/** How a Dynamo router names blocks. */
export interface DynamoHashOptions {
  readonly blockSize: number;
  /** Of XXH3; the router's own is 1337. */
  readonly seed?: number;
}

const ROUTER_SEED = 1337;

/**
 * Dynamo's sequence hashes: the local hash is `XXH3-64(u32 LE tokens)`; the first sequence hash is the local one, every
 * later one is `XXH3-64(sequence hash before, u64 LE ++ local hash, u64 LE)`.
 */
export async function createDynamoBlockHasher(options: DynamoHashOptions): Promise<BlockHasher> {
  const blockSize = checkedBlockSize(options.blockSize);
  const xxh3 = await createXXHash3(options.seed ?? ROUTER_SEED, 0);
  const tokenWords = new DataView(new ArrayBuffer(4 * blockSize));
  const tokenBytes = new Uint8Array(tokenWords.buffer);
  const pair = new DataView(new ArrayBuffer(16));
  const pairBytes = new Uint8Array(pair.buffer);
  const writeDigest = (message: Uint8Array, at: number): void => {
    const hex = xxh3.init().update(message).digest('hex');
    pair.setUint32(at, Number.parseInt(hex.slice(8), 16), true);
    pair.setUint32(at + 4, Number.parseInt(hex.slice(0, 8), 16), true);
  };
  return {
    blockSize,
    hash(tokenIds, out) {
      const blocks = checkedBlockCount(tokenIds.length, blockSize, out);
      for (let block = 0; block < blocks; block++) {
        for (let i = 0; i < blockSize; i++) {
          tokenWords.setUint32(4 * i, checkedToken(tokenIds, block * blockSize + i), true);
        }
        writeDigest(tokenBytes, block === 0 ? 0 : 8);
        if (block > 0) writeDigest(pairBytes, 0);
        out[2 * block] = pair.getUint32(0, true);
        out[2 * block + 1] = pair.getUint32(4, true);
      }
      return blocks;
    },
  };
}
