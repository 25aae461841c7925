import type { QueryEngine } from '@wavetune/engine';
import type { DetectedFiles } from '@wavetune/ingest';
import type { Plan } from '@wavetune/ir';
import { buildShardProgram } from '@wavetune/shard-program';
import {
  decodePartial,
  encodeQuestion,
  mergePartials,
  NO_SHARDS,
  type ShardPartial,
  type ShardQuestion,
} from '@wavetune/shards';
import type { SparkEngine } from '@wavetune/spark';
import { replayCacheError } from '../replay-cache-errors.ts';
import { replayedRows, SHARD_FIELDS, SHARD_ORDER, shardFactsPlan } from './shard-rows-plan.ts';
import type { Sharding } from './sharding.ts';

/** What a pass over the rows says of them. */
export interface ShardFacts {
  readonly blockSize: number;
}

/**
 * Looks at all rows once: refuses a log with too many bad ones, with several block sizes or with nothing to shard by.
 *
 * @throws WavetuneError `replay-cache.bad-rows`, `replay-cache.block-sizes`, `replay-cache.no-shards`
 */
export async function readFacts(
  engine: QueryEngine,
  rows: Plan,
  { sharding, maxBadRatio }: { readonly sharding: Sharding; readonly maxBadRatio: number },
): Promise<ShardFacts> {
  const [facts] = await engine.rows(shardFactsPlan(rows, sharding));
  const [all, good, named] = [facts.rows, facts.good, facts.named].map((count) => Number(count));
  if (all === 0 || good === 0 || all - good > maxBadRatio * all) {
    throw replayCacheError('replay-cache.bad-rows', { bad: all - good, rows: all, maxBadRatio });
  }
  const [least, most] = [Number(facts.least_size), Number(facts.most_size)];
  if (least !== most) throw replayCacheError('replay-cache.block-sizes', { least, most });
  if (named === 0) throw replayCacheError('replay-cache.no-shards', { by: sharding.by });
  return { blockSize: least };
}

/** Where the program runs: paths that every worker of the cluster has. */
export interface WorkerPaths {
  readonly node: string;
  readonly folder: string;
}

/**
 * Replays shards in processes of a Spark cluster, each next to its rows, and adds up what they came to.
 *
 * @throws WavetuneError `spark.*`, `replay-cache.bad-rows` where too many ids contradict their parents.
 */
export async function replayOnSpark(
  engine: SparkEngine,
  rows: Plan,
  {
    sharding,
    question,
    paths,
    maxBadRatio,
  }: {
    readonly sharding: Sharding;
    readonly question: ShardQuestion;
    readonly paths: WorkerPaths;
    readonly maxBadRatio: number;
  },
): Promise<ShardPartial> {
  const program = await buildShardProgram(paths.folder);
  const lines = engine.script(replayedRows(rows, sharding), {
    shardBy: 'shard',
    orderBy: SHARD_ORDER,
    send: SHARD_FIELDS,
    command: [paths.node, program, encodeQuestion(question)],
  });
  let sum = NO_SHARDS;
  for await (const line of lines) sum = mergePartials(sum, decodePartial(line));
  const { conflictReferences: conflicts, blockReferences: references } = sum;
  if (conflicts <= maxBadRatio * references) return sum;
  throw replayCacheError('replay-cache.conflicts', { conflicts, references });
}

/** How a partial last block counts, unless the user says otherwise. */
export function tailOf(
  { format }: Pick<DetectedFiles, 'format'>,
  asked: string | undefined,
): ShardQuestion['tail'] {
  return asked === 'drop' || asked === 'count' ? asked : format.tail;
}
