import { parseSize } from '@wavetune/core';
import { cacheSizingError } from './cache-sizing-errors.ts';
import type { KvModel } from './kv-model.ts';

/** How large a cache is, as a user says it. */
export type Capacity =
  | { readonly kind: 'share'; readonly text: string; readonly share: number }
  | { readonly kind: 'blocks'; readonly text: string; readonly blocks: number }
  | { readonly kind: 'bytes'; readonly text: string; readonly bytes: number };

/** What a capacity is a share of, and what a block takes. */
export interface CapacityGround {
  readonly distinctBlocks: number;
  /** Tokens a block. */
  readonly blockSize: number;
  readonly model: KvModel | undefined;
}

/**
 * Reads `5%`, `8192` or `40GiB`.
 *
 * @throws WavetuneError `usage.bad-capacity`
 */
export function parseCapacity(text: string): Capacity {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text);
  if (share !== null) return { kind: 'share', text, share: Number(share[1]) / 100 };
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) {
    return { kind: 'blocks', text, blocks: Number(text) };
  }
  try {
    return { kind: 'bytes', text, bytes: parseSize(text) };
  } catch (cause) {
    throw cacheSizingError('usage.bad-capacity', { found: text }, { cause });
  }
}

/**
 * Whole blocks of a capacity: a share is of the trace's distinct blocks and rounded up, bytes are rounded down.
 *
 * @throws WavetuneError `cache-sizing.no-capacity`, `cache-sizing.too-small`, `usage.size-needs-model`
 */
export function capacityBlocksOf(capacity: Capacity, ground: CapacityGround): number {
  const blocks = wholeBlocksOf(capacity, ground);
  if (blocks < 1) throw cacheSizingError('cache-sizing.no-capacity', { found: capacity.text });
  return blocks;
}

/** Bytes of one block. */
export function blockBytesOf(model: KvModel, blockSize: number): number {
  return model.bytesPerToken * blockSize;
}

/** Shares are written with few decimals, and 0.07 × 100 must not become 8 blocks. */
const ROUNDING = 1e-9;

function wholeBlocksOf(capacity: Capacity, { distinctBlocks, blockSize, model }: CapacityGround) {
  if (capacity.kind === 'blocks') return capacity.blocks;
  if (capacity.kind === 'share') return Math.ceil(capacity.share * distinctBlocks - ROUNDING);
  if (model === undefined) {
    throw cacheSizingError('usage.size-needs-model', { found: capacity.text });
  }
  const blockBytes = blockBytesOf(model, blockSize);
  if (capacity.bytes < blockBytes) {
    const { name } = model;
    throw cacheSizingError('cache-sizing.too-small', {
      found: capacity.text,
      blockBytes,
      model: name,
    });
  }
  return Math.floor(capacity.bytes / blockBytes);
}
