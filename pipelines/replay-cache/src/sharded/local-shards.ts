import { shapeOf } from '@wavetune/core';
import type { ReadTrace } from '@wavetune/ingest';
import type { Pool } from '@wavetune/pool';
import {
  hashShard,
  replayShardsTask,
  type ShardPartial,
  type ShardQuestion,
} from '@wavetune/shards';
import { replayCacheError } from '../replay-cache-errors.ts';
import { idWordsOf } from './id-words.ts';
import type { Sharding } from './sharding.ts';

/** Replays the shards of a trace in memory, spread over the pool. */
export async function replayHere(
  trace: ReadTrace,
  {
    sharding,
    question,
    pool,
  }: {
    readonly sharding: Sharding;
    readonly question: ShardQuestion;
    readonly pool: Pool;
  },
): Promise<ShardPartial> {
  const shardOf = shardsOf(trace, sharding);
  const most = sharding.by === 'hash' ? sharding.taken : Number.POSITIVE_INFINITY;
  const shards = [...new Set(shardOf)].filter((shard) => shard < most);
  const sum = await pool.run(replayShardsTask, {
    columns: trace.columns,
    shardOf,
    shards,
    question,
  });
  return { ...sum, conflictReferences: trace.quality.conflictReferences };
}

/** Shard of each request. @throws WavetuneError `replay-cache.no-shards` */
function shardsOf(trace: ReadTrace, sharding: Sharding): Uint32Array {
  if (sharding.by === 'hash') return hashShards(trace, sharding);
  const [names, ofRequest] =
    sharding.by === 'tenant'
      ? [trace.tenants, trace.columns.tenants]
      : [trace.models, trace.modelOf];
  if (ofRequest !== undefined && names.some((name) => name !== UNNAMED)) return ofRequest;
  throw replayCacheError('replay-cache.no-shards', { by: sharding.by });
}

/** What requests without a tenant or a model are counted under. */
export const UNNAMED = 'default';

function hashShards(
  { columns, names }: ReadTrace,
  { count, depth }: Extract<Sharding, { by: 'hash' }>,
): Uint32Array {
  const { offsets, blocks } = columns;
  return Uint32Array.from({ length: shapeOf(columns).requests }, (_, r) => {
    const chain = offsets[r + 1] - offsets[r];
    if (chain === 0) return 0;
    const [low, high] = idWordsOf(names.nameOf(blocks[offsets[r] + Math.min(depth, chain) - 1]));
    return hashShard(low, high, count);
  });
}
