import { type Capacity, capacityBlocksOf, type KvModel } from '@wavetune/cache-sizing';
import type { ShardCapacity } from '@wavetune/shards';

/** How a trace is cut into parts that share no cache. */
export type Sharding =
  | { readonly by: 'tenant' | 'model' }
  | {
      readonly by: 'hash';
      /** Parts that the chains are dealt into, and how many of them, the first, are replayed. */
      readonly count: number;
      readonly taken: number;
      /** Chains go by the block at this depth, from 1, shorter ones by their last. */
      readonly depth: number;
    };

const MOST_SHARDS = 65_536;

/** Reads `tenant`, `model`, `hash:N` or `hash:N/K`; undefined where it is none. */
export function parseShards(text: string, depth: number): Sharding | undefined {
  if (text === 'tenant' || text === 'model') return { by: text };
  const [, parts, some = parts] = /^hash:(\d{1,5})(?:\/(\d{1,5}))?$/.exec(text) ?? [];
  const [count, taken] = [Number(parts), Number(some)];
  const isKnown = taken >= 1 && taken <= count && count <= MOST_SHARDS;
  return isKnown ? { by: 'hash', count, taken, depth } : undefined;
}

/**
 * A capacity as each shard has it: a share is of its own blocks; a size is that of each tenant's or model's cache, and its
 * part of one cache where chains are sharded by hash.
 *
 * @throws WavetuneError as `capacityBlocksOf`.
 */
export function shardCapacityOf(
  capacity: Capacity,
  sharding: Sharding,
  ground: { readonly blockSize: number; readonly model: KvModel | undefined },
): ShardCapacity {
  const blocks = capacityBlocksOf(capacity, { ...ground, distinctBlocks: 1 });
  if (capacity.kind === 'share') return { kind: 'share', share: capacity.share };
  const caches = sharding.by === 'hash' ? sharding.count : 1;
  return { kind: 'blocks', blocks: Math.max(1, Math.floor(blocks / caches)) };
}
