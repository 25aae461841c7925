import { hash } from 'node:crypto';
import {
  type BlockHasher,
  checkedBlockCount,
  checkedBlockSize,
  checkedToken,
} from './block-hasher.ts';

const DIGEST_BYTES = 32;

/**
 * SGLang's page names: `sha256(digest before ++ u32 LE tokens)`, nothing before the first page; the name is the digest's
 * first 8 bytes. Its events print that as a signed integer: read `out` through a `BigInt64Array` for those digits.
 */
export function createSglangPageHasher(pageSize: number): BlockHasher {
  const blockSize = checkedBlockSize(pageSize);
  const message = Buffer.alloc(DIGEST_BYTES + 4 * blockSize);
  const rootMessage = message.subarray(DIGEST_BYTES);
  return {
    blockSize,
    hash(tokenIds, out) {
      const pages = checkedBlockCount(tokenIds.length, blockSize, out);
      for (let page = 0; page < pages; page++) {
        for (let i = 0; i < blockSize; i++) {
          const token = checkedToken(tokenIds, page * blockSize + i);
          message.writeUInt32LE(token, DIGEST_BYTES + 4 * i);
        }
        const digest = hash('sha256', page === 0 ? rootMessage : message, 'binary');
        message.write(digest, 0, 'latin1');
        out[2 * page] = message.readUInt32BE(4);
        out[2 * page + 1] = message.readUInt32BE(0);
      }
      return pages;
    },
  };
}
