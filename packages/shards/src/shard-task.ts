import { createRequestSelector } from '@wavetune/cachesim';
import type { Task, TraceColumns } from '@wavetune/core';
import { replayShard } from './replay-shard.ts';
import { mergePartials, NO_SHARDS, type ShardPartial } from './shard-partial.ts';
import type { ShardQuestion } from './shard-question.ts';

export interface ShardsInput {
  readonly columns: TraceColumns;
  /** Shard of each request; shape `[requests]`. */
  readonly shardOf: Uint32Array;
  /** Those to replay. */
  readonly shards: readonly number[];
  readonly question: ShardQuestion;
}

/**
 * Replays each shard of a trace through caches of its own and sums what they come to. Sums do not depend on how shards are
 * dealt out, so threads here and processes of another engine come to the same. References to conflicting blocks are counted
 * by whoever read the trace, and 0 here.
 */
export const replayShardsTask: Task<ShardsInput, ShardPartial> = {
  name: 'shards/replay',
  partsAThread: 8,
  split({ shards, ...input }, parts) {
    const count = Math.max(1, Math.min(parts, shards.length));
    const bySize = largestFirst(input, shards);
    return Array.from({ length: count }, (_, part) => ({
      ...input,
      shards: bySize.filter((_, i) => i % count === part),
    }));
  },
  run({ columns, shardOf, shards, question }) {
    const requestsOf = Map.groupBy(shardOf.keys(), (request) => shardOf[request]);
    const select = createRequestSelector(columns);
    return shards.reduce((sum, shard) => {
      const own = select(Uint32Array.from(requestsOf.get(shard) ?? []));
      return mergePartials(sum, replayShard({ columns: own, conflictReferences: 0 }, question));
    }, NO_SHARDS);
  },
  merge: mergePartials,
};

/** So that threads that are done early take what is small. */
function largestFirst(
  { columns: { offsets }, shardOf }: Pick<ShardsInput, 'columns' | 'shardOf'>,
  shards: readonly number[],
): readonly number[] {
  const references = new Map(shards.map((shard) => [shard, 0]));
  shardOf.forEach((shard, r) => {
    const known = references.get(shard);
    if (known !== undefined) references.set(shard, known + offsets[r + 1] - offsets[r]);
  });
  return [...shards].sort((a, b) => references.get(b)! - references.get(a)! || a - b);
}
