import type { KvModel } from '@wavetune/cache-sizing';
import { cachesimError } from '@wavetune/cachesim';
import { formatCount } from '@wavetune/core';
import type { CacheReplay } from '@wavetune/documents';
import { type ShardPartial, type ShardQuestion, standardErrorOf } from '@wavetune/shards';
import { resultOf } from '../document.ts';
import { percent, ratioOf } from '../figures.ts';
import type { Result, Size } from '../replay-trace.ts';
import { tablesOf } from '../report.ts';
import type { Sharding } from './sharding.ts';

/** What was asked, and what came of it, wherever it was replayed. */
export interface ShardedReplay {
  readonly sharding: Sharding;
  readonly question: ShardQuestion;
  /** The capacities as the user said them. */
  readonly capacities: readonly string[];
  readonly model: KvModel | undefined;
  readonly format: string;
  readonly sum: ShardPartial;
}

/** The `cache-replay/1` document, and what a person reads. */
export interface Findings {
  readonly document: CacheReplay;
  readonly text: string;
}

/** @throws WavetuneError `cachesim.empty-window`, `cachesim.length-only` */
export function findingsOf(replay: ShardedReplay): Findings {
  const { sum, question } = replay;
  const { requests, window } = sum;
  if (window.requests === 0) {
    throw cachesimError('cachesim.empty-window', { measureFrom: requests, requests });
  }
  if (sum.cells.length === 0) throw cachesimError('cachesim.length-only', { requests });
  const results = resultsOf(replay);
  const sizes = replay.capacities.map(
    (text, i): Size => ({ text, blocks: sum.cells[i].capacityBlocks }),
  );
  const { ceiling } = sum;
  const { inputTokens } = window;
  const { blockSize } = question;
  const figures = { ceiling, inputTokens, blockSize, model: replay.model, sizes, results };
  return {
    document: documentOf(replay, results),
    text: [headOf(replay, results), ...tablesOf(figures)].join('\n\n'),
  };
}

function resultsOf({ sum, question, sharding }: ShardedReplay): readonly Result[] {
  const { residency, hits, policies, capacities } = question;
  return sum.cells.map((cell, i): Result => {
    const error = sharding.by === 'hash' ? standardErrorOf(sum, cell) : undefined;
    return {
      policy: policies[Math.floor(i / capacities.length)].policy,
      parameters: cell.parameters,
      capacityBlocks: cell.capacityBlocks,
      ...{ residency, hits, ...sum.window },
      ...{ hitBlocks: cell.hitBlocks, hitTokens: cell.hitTokens, evictions: cell.evictions },
      hitTokensSquared: cell.hitTokensSquared === null ? undefined : Number(cell.hitTokensSquared),
      ...(error !== undefined && { standardError: error }),
    };
  });
}

function documentOf(
  { sum, question, sharding, model }: ShardedReplay,
  results: readonly Result[],
): CacheReplay {
  const { blockSize, tail, measureFrom } = question;
  const { requests, blockReferences, distinctBlocks, inputTokens, window, ceiling } = sum;
  return {
    schema: 'cache-replay/1',
    trace: { requests, blockReferences, distinctBlocks, inputTokens, blockSize, tail },
    window: { from: measureFrom, requests: window.requests, inputTokens: window.inputTokens },
    ceiling: {
      hitTokens: ceiling.hitTokens,
      ratio: ratioOf(ceiling.hitTokens, window.inputTokens) ?? null,
    },
    split: null,
    shards: {
      by: sharding.by,
      depth: sharding.by === 'hash' ? sharding.depth : null,
      dealtInto: sharding.by === 'hash' ? sharding.count : null,
      count: sum.shards,
      largest: sum.largestShard,
      untaught: sum.untaughtShards,
    },
    results: results.map((result) => resultOf(result, blockSize, model)),
  };
}

function headOf(
  { sum, question, sharding, format }: ShardedReplay,
  results: readonly Result[],
): string {
  const { window, ceiling } = sum;
  const largest = percent(ratioOf(sum.largestShard, sum.blockReferences));
  const lines = [
    `trace    ${formatCount(sum.requests)} requests, ${formatCount(sum.blockReferences)} block references, ${formatCount(sum.distinctBlocks)} distinct blocks of ${formatCount(question.blockSize)} tokens (${format}, tail: ${question.tail})`,
    `shards   ${formatCount(sum.shards)} by ${nameOf(sharding)}, each a cache of its own; the largest has ${largest} of the references`,
    `window   the last requests of each shard, ${formatCount(window.requests)} together, ${formatCount(window.inputTokens)} prompt tokens; caches are warm from the first`,
    `ceiling  ${formatCount(ceiling.hitTokens)} tokens, ${percent(ratioOf(ceiling.hitTokens, window.inputTokens))}: caches without limits`,
    `rules    residency ${question.residency}, hits ${question.hits}; capacities are of all shards together`,
  ];
  if (sum.untaughtShards > 0) {
    lines.push(
      `learned  ${formatCount(sum.untaughtShards)} shards had nothing to learn from before their window and are replayed as lru`,
    );
  }
  return [...lines, ...errorLines(results)].join('\n');
}

function nameOf(sharding: Sharding): string {
  if (sharding.by !== 'hash' || sharding.taken === sharding.count) return sharding.by;
  return `hash, a sample of ${formatCount(sharding.count)} parts`;
}

function errorLines(results: readonly Result[]): readonly string[] {
  const errors = results.flatMap(({ standardError }) => standardError ?? []);
  if (errors.length === 0) return [];
  return [
    `error    as one shared cache: standard error of a hit ratio at most ${percent(Math.max(...errors))}, from how the shards differ`,
  ];
}
