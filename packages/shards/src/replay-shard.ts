import {
  ceilingOf,
  chooseEviction,
  costedReplayTask,
  type LearnedTable,
  linkReferences,
  type MeasuredWindow,
  measuredWindow,
  type Simulation,
  trainTables,
} from '@wavetune/cachesim';
import { shapeOf, type TraceColumns } from '@wavetune/core';
import type { ShardTrace } from './shard-columns.ts';
import { NO_SHARDS, type ShardCell, type ShardPartial } from './shard-partial.ts';
import { capacityOf, LEARNED, type ShardQuestion } from './shard-question.ts';

/** Where a policy that learns has nothing to learn from, the shard is replayed by this one. */
const UNTAUGHT = 'lru';

/**
 * Replays one shard: a cache of its own, warm from its first request, measured from the share `measureFrom` of its own
 * requests on. What is learned is learned from its requests before that.
 *
 * A shard without block references has no cache: it only adds requests and tokens.
 */
export function replayShard(
  { columns, conflictReferences }: ShardTrace,
  question: ShardQuestion,
): ShardPartial {
  const { requests, references, distinctBlocks } = shapeOf(columns);
  const measureFrom = Math.floor(question.measureFrom * requests);
  const totals: ShardPartial = {
    ...NO_SHARDS,
    ...{ shards: 1, requests, blockReferences: references, distinctBlocks, conflictReferences },
    inputTokens: sumFrom(columns.inputTokens, 0),
    largestShard: references,
    window: {
      requests: requests - measureFrom,
      blockReferences: references - columns.offsets[measureFrom],
      inputTokens: sumFrom(columns.inputTokens, measureFrom),
    },
    shardInputSquared: BigInt(sumFrom(columns.inputTokens, measureFrom)) ** 2n,
  };
  if (references === 0 || measureFrom === requests) return totals;
  const window = measuredWindow(columns, measureFrom);
  return {
    ...totals,
    ceiling: ceilingOf(columns, measureFrom),
    ...answer(columns, window, question),
  };
}

function answer(
  columns: TraceColumns,
  window: MeasuredWindow,
  { policies, capacities, residency, hits }: ShardQuestion,
): Pick<ShardPartial, 'untaughtShards' | 'cells'> {
  const { distinctBlocks } = shapeOf(columns);
  const { measureFrom } = window;
  const sizes = capacities.map((capacity) => capacityOf(capacity, distinctBlocks));
  const isLearning = policies.some(({ policy }) => policy === LEARNED);
  const tables = isLearning ? learnTables(columns, measureFrom, sizes) : undefined;
  const simulations = policies.flatMap(({ policy, parameters }) =>
    sizes.map((capacityBlocks, i): Simulation => {
      const rules = { capacityBlocks, residency, hits, measureFrom };
      if (policy !== LEARNED) return { policy, parameters, ...rules };
      const table = tables?.[i];
      return table === undefined
        ? { policy: UNTAUGHT, ...rules }
        : { policy: LEARNED, table, ...rules };
    }),
  );
  const references = linkReferences(columns.blocks, distinctBlocks);
  const results = costedReplayTask.run({ columns, references, simulations, firstPlace: 0 });
  return {
    untaughtShards: isLearning && tables === undefined ? 1 : 0,
    cells: results.map(({ outcome }, i) => ({
      parameters:
        policies[Math.floor(i / sizes.length)].policy === LEARNED ? {} : outcome.parameters,
      capacityBlocks: outcome.capacityBlocks,
      hitBlocks: outcome.hitBlocks,
      hitTokens: outcome.hitTokens,
      evictions: outcome.evictions,
      hitTokensSquared:
        outcome.hitTokensSquared === undefined ? null : BigInt(outcome.hitTokensSquared),
      shardHitsSquared: BigInt(outcome.hitTokens) ** 2n,
      shardHitsTimesInput: BigInt(outcome.hitTokens) * BigInt(window.inputTokens),
    })) satisfies readonly ShardCell[],
  };
}

/** A table for each size, fitted before the window; undefined where nothing came back before it. */
function learnTables(
  columns: TraceColumns,
  measureFrom: number,
  sizes: readonly number[],
): readonly (LearnedTable | undefined)[] | undefined {
  const trained = trainTables(columns, measureFrom);
  const { early, full } = trained;
  if (early.length === 0 || full.length < early.length) return undefined;
  return sizes.map(
    (capacityBlocks) => chooseEviction(columns, trained, { capacityBlocks, classics: [] }).table,
  );
}

function sumFrom(values: Uint32Array, begin: number): number {
  let sum = 0;
  for (let i = begin; i < values.length; i++) sum += values[i];
  return sum;
}
