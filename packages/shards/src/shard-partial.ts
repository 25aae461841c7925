import type { ParameterValues } from '@wavetune/cachesim';

/** One policy at one capacity, summed over shards and counted over their windows. */
export interface ShardCell {
  /** As the replays used them. */
  readonly parameters: ParameterValues;
  /** All caches together. */
  readonly capacityBlocks: number;
  readonly hitBlocks: number;
  readonly hitTokens: number;
  readonly evictions: number;
  /** Σ over requests of the square of its hit tokens; null where hits are of loose references. */
  readonly hitTokensSquared: bigint | null;
  /** Σ over shards of the square of its hit tokens, and of hit tokens × input tokens: what a standard error is made of. */
  readonly shardHitsSquared: bigint;
  readonly shardHitsTimesInput: bigint;
}

/**
 * What some shards came to. Sums of whole numbers alone (those that pass 2^53 as bigint), so that they add up to the same in
 * any order and grouping, to the bit.
 */
export interface ShardPartial {
  readonly shards: number;
  readonly requests: number;
  readonly blockReferences: number;
  /** Of each shard its own: a block of two shards counts twice. */
  readonly distinctBlocks: number;
  readonly inputTokens: number;
  /** References to blocks that stand for an id under a second parent. */
  readonly conflictReferences: number;
  /** References of the largest shard. */
  readonly largestShard: number;
  /** Shards in which no block came back before the window, so that a policy that learns had nothing to learn from. */
  readonly untaughtShards: number;
  readonly window: {
    readonly requests: number;
    readonly blockReferences: number;
    readonly inputTokens: number;
  };
  readonly ceiling: { readonly hitBlocks: number; readonly hitTokens: number };
  /** Σ over shards of the square of its window's input tokens. */
  readonly shardInputSquared: bigint;
  /** Policy by policy, capacity by capacity; empty where no shard was replayed. */
  readonly cells: readonly ShardCell[];
}

/** No shard: the identity of {@link mergePartials}. */
export const NO_SHARDS: ShardPartial = {
  shards: 0,
  requests: 0,
  blockReferences: 0,
  distinctBlocks: 0,
  inputTokens: 0,
  conflictReferences: 0,
  largestShard: 0,
  untaughtShards: 0,
  window: { requests: 0, blockReferences: 0, inputTokens: 0 },
  ceiling: { hitBlocks: 0, hitTokens: 0 },
  shardInputSquared: 0n,
  cells: [],
};

/** Both together; associative and commutative. Both must answer one question. */
export function mergePartials(a: ShardPartial, b: ShardPartial): ShardPartial {
  return {
    shards: a.shards + b.shards,
    requests: a.requests + b.requests,
    blockReferences: a.blockReferences + b.blockReferences,
    distinctBlocks: a.distinctBlocks + b.distinctBlocks,
    inputTokens: a.inputTokens + b.inputTokens,
    conflictReferences: a.conflictReferences + b.conflictReferences,
    largestShard: Math.max(a.largestShard, b.largestShard),
    untaughtShards: a.untaughtShards + b.untaughtShards,
    window: {
      requests: a.window.requests + b.window.requests,
      blockReferences: a.window.blockReferences + b.window.blockReferences,
      inputTokens: a.window.inputTokens + b.window.inputTokens,
    },
    ceiling: {
      hitBlocks: a.ceiling.hitBlocks + b.ceiling.hitBlocks,
      hitTokens: a.ceiling.hitTokens + b.ceiling.hitTokens,
    },
    shardInputSquared: a.shardInputSquared + b.shardInputSquared,
    cells: mergeCells(a.cells, b.cells),
  };
}

/**
 * Standard error of Σ hits / Σ input over all chains, from how the shards differ, where shards are random parts of the
 * chains (the ratio estimator; Cochran, Sampling Techniques, 6.4); undefined for fewer than two shards or no tokens.
 */
export function standardErrorOf(partial: ShardPartial, cell: ShardCell): number | undefined {
  const { shards, window, shardInputSquared } = partial;
  if (shards < 2 || window.inputTokens === 0) return undefined;
  const ratio = cell.hitTokens / window.inputTokens;
  const squares =
    Number(cell.shardHitsSquared) -
    2 * ratio * Number(cell.shardHitsTimesInput) +
    ratio ** 2 * Number(shardInputSquared);
  return Math.sqrt((Math.max(0, squares) * shards) / (shards - 1)) / window.inputTokens;
}

function mergeCells(a: readonly ShardCell[], b: readonly ShardCell[]): readonly ShardCell[] {
  if (a.length === 0) return b;
  return b.length === 0 ? a : a.map((cell, i) => mergeCell(cell, b[i]));
}

function mergeCell(a: ShardCell, b: ShardCell): ShardCell {
  return {
    parameters: a.parameters,
    capacityBlocks: a.capacityBlocks + b.capacityBlocks,
    hitBlocks: a.hitBlocks + b.hitBlocks,
    hitTokens: a.hitTokens + b.hitTokens,
    evictions: a.evictions + b.evictions,
    hitTokensSquared:
      a.hitTokensSquared === null || b.hitTokensSquared === null
        ? null
        : a.hitTokensSquared + b.hitTokensSquared,
    shardHitsSquared: a.shardHitsSquared + b.shardHitsSquared,
    shardHitsTimesInput: a.shardHitsTimesInput + b.shardHitsTimesInput,
  };
}
