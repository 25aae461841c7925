import { hash } from 'node:crypto';
import {
  type BlockHasher,
  checkedBlockCount,
  checkedBlockSize,
  checkedToken,
  type HashScope,
} from './block-hasher.ts';
import { CBOR_MAJOR, CBOR_NULL, type CborValue, encodeCbor, writeCborHead } from './cbor.ts';

/** How a vLLM fleet was started. */
export interface VllmHashOptions {
  /** The value of `PYTHONHASHSEED`, as text: without one, vLLM's hashes differ from process to process. */
  readonly seed: string;
  /** Tokens a block; vLLM's default is 16. */
  readonly blockSize?: number;
  /**
   * What names a multimodal input in a block: its id, or (newer releases) its id and where it begins, counted from the
   * block's first token.
   */
  readonly multimodalKeys?: 'identifier' | 'identifier-and-offset';
}

const DIGEST_BYTES = 32;
const TOKEN_BYTES_AT_MOST = 5;
const PARENT_AT = 3;

/**
 * The hashes of vLLM's `--prefix-caching-hash-algo sha256_cbor`, in the u64 form of its KV events (the last 8 bytes of
 * the digest): `h_i = sha256(cbor([h_{i−1}, [tokens], extra | null]))`, where `h_0 = sha256(cbor(seed))`.
 *
 * `extra` lists the LoRA name, then the multimodal keys, then (first block only) the cache salt.
 *
 * Cost: one native digest a block and no object but its text; the parent digest stays in the message buffer.
 */
export function createVllmBlockHasher(options: VllmHashOptions): BlockHasher {
  const blockSize = checkedBlockSize(options.blockSize ?? 16);
  const withOffset = options.multimodalKeys === 'identifier-and-offset';
  const root = hash('sha256', encodeCbor(options.seed), 'buffer');
  const message = Buffer.alloc(PARENT_AT + DIGEST_BYTES + 3 + blockSize * TOKEN_BYTES_AT_MOST + 1);
  writeCborHead(message, 0, CBOR_MAJOR.array, 3);
  writeCborHead(message, 1, CBOR_MAJOR.bytes, DIGEST_BYTES);
  const tokensAt = writeCborHead(message, PARENT_AT + DIGEST_BYTES, CBOR_MAJOR.array, blockSize);
  const viewOfLength: Buffer[] = [];

  const digest = (end: number, extra: Uint8Array | undefined): string => {
    if (extra !== undefined) {
      return hash('sha256', Buffer.concat([message.subarray(0, end), extra]), 'binary');
    }
    message[end] = CBOR_NULL;
    viewOfLength[end] ??= message.subarray(0, end + 1);
    return hash('sha256', viewOfLength[end], 'binary');
  };

  return {
    blockSize,
    hash(tokenIds, out, scope) {
      const blocks = checkedBlockCount(tokenIds.length, blockSize, out);
      root.copy(message, PARENT_AT);
      for (let block = 0; block < blocks; block++) {
        const begin = block * blockSize;
        let end = tokensAt;
        for (let i = begin; i < begin + blockSize; i++) {
          end = writeCborHead(message, end, CBOR_MAJOR.unsigned, checkedToken(tokenIds, i));
        }
        const extra = scope && extraKeys(scope, { begin, end: begin + blockSize, withOffset });
        message.write(digest(end, extra), PARENT_AT, 'latin1');
        out[2 * block] = message.readUInt32BE(PARENT_AT + DIGEST_BYTES - 4);
        out[2 * block + 1] = message.readUInt32BE(PARENT_AT + DIGEST_BYTES - 8);
      }
      return blocks;
    },
  };
}

interface TokenRange {
  readonly begin: number;
  readonly end: number;
  readonly withOffset: boolean;
}

function extraKeys(scope: HashScope, range: TokenRange): Uint8Array | undefined {
  const keys: CborValue[] = [];
  if (scope.lora !== undefined) keys.push(scope.lora);
  for (const { identifier, offsetTokens, lengthTokens } of scope.multimodal ?? []) {
    if (offsetTokens >= range.end || offsetTokens + lengthTokens <= range.begin) continue;
    keys.push(range.withOffset ? [identifier, offsetTokens - range.begin] : identifier);
  }
  if (scope.cacheSalt && range.begin === 0) keys.push(scope.cacheSalt);
  return keys.length === 0 ? undefined : encodeCbor(keys);
}
