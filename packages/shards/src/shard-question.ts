import type { HitRule, ParameterValues, Residency } from '@wavetune/cachesim';
import type { Tail } from './shard-columns.ts';

/** How large the cache of each shard is. */
export type ShardCapacity =
  /** Of the shard's own distinct blocks, rounded up, at least one block. */
  | { readonly kind: 'share'; readonly share: number }
  /** The same for every shard. */
  | { readonly kind: 'blocks'; readonly blocks: number };

export interface ShardPolicy {
  /** A name of cachesim, or `learned`. */
  readonly policy: string;
  readonly parameters: ParameterValues;
}

/** What is asked of every shard: each policy at each capacity. Plain JSON, for it travels to other processes. */
export interface ShardQuestion {
  readonly blockSize: number;
  readonly tail: Tail;
  /** Share of a shard's own requests that only warm its cache. */
  readonly measureFrom: number;
  readonly residency: Residency;
  readonly hits: HitRule;
  readonly policies: readonly ShardPolicy[];
  readonly capacities: readonly ShardCapacity[];
}

/** What the list of policies calls eviction by a table learned from the shard's requests before its window. */
export const LEARNED = 'learned';

/** Shares are written with few decimals, and 0.07 × 100 must not become 8 blocks. */
const ROUNDING = 1e-9;

/** Blocks of a shard's cache. */
export function capacityOf(capacity: ShardCapacity, distinctBlocks: number): number {
  return capacity.kind === 'blocks'
    ? capacity.blocks
    : Math.max(1, Math.ceil(capacity.share * distinctBlocks - ROUNDING));
}
