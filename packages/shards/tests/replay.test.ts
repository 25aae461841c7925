import { ceilingOf, replay } from '@wavetune/cachesim';
import type { TraceColumns } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodePartial,
  decodeQuestion,
  encodePartial,
  encodeQuestion,
  encodeRow,
  mergePartials,
  NO_SHARDS,
  readShards,
  replayShard,
  replayShardsTask,
  type ShardPartial,
  type ShardQuestion,
  standardErrorOf,
} from '../src/index.ts';
import { BLOCK_SIZE, HOSTILE_NAMES, sortedByShard, syntheticRows } from './synthetic-rows.ts';

const QUESTION: ShardQuestion = {
  ...{ blockSize: BLOCK_SIZE, tail: 'count', measureFrom: 0.5 },
  ...{ residency: 'closed', hits: 'continuous' },
  policies: ['lru', 's3-fifo', 'learned', 'optimum'].map((policy) => ({ policy, parameters: {} })),
  capacities: [
    { kind: 'share', share: 0.1 },
    { kind: 'blocks', blocks: 64 },
  ],
};
const ROWS = syntheticRows(1, 1200);

async function* chunksOf(lines: readonly Buffer[]) {
  yield* lines;
}

async function wholeTrace(): Promise<TraceColumns> {
  const lines = ROWS.map((row) => Buffer.from(encodeRow({ ...row, shard: 'all' })));
  for await (const { columns } of readShards(chunksOf(lines), QUESTION)) return columns;
  throw new Error('no rows');
}

async function partialsOf(lines: readonly Buffer[]): Promise<readonly ShardPartial[]> {
  const found: ShardPartial[] = [];
  for await (const shard of readShards(chunksOf(lines), QUESTION)) {
    found.push(replayShard(shard, QUESTION));
  }
  return found;
}

describe('replayShardsTask', async () => {
  const columns = await wholeTrace();
  const shardOf = Uint32Array.from(ROWS, ({ shard }) => HOSTILE_NAMES.indexOf(shard));
  const shards = HOSTILE_NAMES.map((_, i) => i);
  const partials = await partialsOf(sortedByShard(ROWS, encodeRow));
  const expected = partials.reduce(mergePartials, NO_SHARDS);

  it.each([1, 3, 7, 64])('comes to the same in %d parts as from rows, shard by shard', (parts) => {
    const inputs = replayShardsTask.split({ columns, shardOf, shards, question: QUESTION }, parts);
    const sums = inputs.map((input) => replayShardsTask.run(input));
    expect(sums.reduceRight(replayShardsTask.merge)).toEqual(expected);
  });

  it('is the replay of the trace where there is one shard', () => {
    const input = {
      columns,
      shardOf: new Uint32Array(ROWS.length),
      shards: [0],
      question: QUESTION,
    };
    const { cells, ceiling, window } = replayShardsTask.run(input);
    const measureFrom = ROWS.length / 2;
    const { hitTokens, hitBlocks, evictions, ...request } = replay(columns, {
      policy: 'lru',
      capacityBlocks: 64,
      measureFrom,
    });
    expect(cells[1]).toMatchObject({ hitTokens, hitBlocks, evictions, capacityBlocks: 64 });
    expect(ceiling).toEqual(ceilingOf(columns, measureFrom));
    expect(window.inputTokens).toBe(request.inputTokens);
  });

  it('hits no more than the ceiling, and the optimum no less than the rest from request 0 on', () => {
    const input = { columns, shardOf, shards, question: { ...QUESTION, measureFrom: 0 } };
    const { cells, ceiling } = replayShardsTask.run(input);
    for (const place of [0, 1]) {
      const [lru, s3Fifo, learned, optimum] = [0, 2, 4, 6].map((i) => cells[i + place].hitBlocks);
      expect(Math.max(lru, s3Fifo, learned)).toBeLessThanOrEqual(optimum);
      expect(optimum).toBeLessThanOrEqual(ceiling.hitBlocks);
    }
  });

  it('adds up the same in any order and grouping', () => {
    const shuffled = fc.shuffledSubarray([...partials], { minLength: partials.length });
    fc.assert(
      fc.property(shuffled, fc.nat(partials.length), (order, cut) => {
        const left = order.slice(0, cut).reduce(mergePartials, NO_SHARDS);
        const right = order.slice(cut).reduce(mergePartials, NO_SHARDS);
        expect(encodePartial(mergePartials(right, left))).toBe(encodePartial(expected));
      }),
    );
  });

  it('writes and reads partials and questions', () => {
    expect(decodePartial(encodePartial(expected))).toEqual(expected);
    expect(decodeQuestion(encodeQuestion(QUESTION))).toMatchObject(QUESTION);
    expect(() => decodePartial('{"schema":"shard-partial/2"}')).toThrow('shards.bad-message');
    expect(() => decodeQuestion('x')).toThrow('shards.bad-message');
  });

  it('counts shards that taught nothing, and adds requests without blocks', async () => {
    const bare = { shard: 'bare', timeMillis: 0, inputTokens: 9, outputTokens: 0, ids: [] };
    const once = { ...bare, shard: 'once', ids: [1, 2], inputTokens: 32 };
    const [first, second] = await partialsOf(sortedByShard([bare, once], encodeRow));
    expect(first).toMatchObject({ requests: 1, inputTokens: 9, cells: [], untaughtShards: 0 });
    expect(second.untaughtShards).toBe(1);
    expect(mergePartials(first, second).window).toEqual({
      requests: 2,
      blockReferences: 2,
      inputTokens: 41,
    });
  });
});

describe('standardErrorOf', () => {
  it('is that of a ratio of sums over random groups', () => {
    const group = (hit: bigint, input: number): ShardPartial => ({
      ...NO_SHARDS,
      shards: 1,
      window: { requests: 1, blockReferences: 1, inputTokens: input },
      shardInputSquared: BigInt(input) ** 2n,
      cells: [
        {
          ...{
            parameters: {},
            capacityBlocks: 1,
            hitBlocks: 1,
            hitTokens: Number(hit),
            evictions: 0,
          },
          hitTokensSquared: 0n,
          shardHitsSquared: hit ** 2n,
          shardHitsTimesInput: hit * BigInt(input),
        },
      ],
    });
    const sum = mergePartials(group(10n, 20), group(30n, 60));
    expect(standardErrorOf(sum, sum.cells[0])).toBe(0);
    const other = mergePartials(group(10n, 40), group(30n, 40));
    // The ratio is 0.5, residuals are −10 and 10: √(200 × 2 / 1) / 80.
    expect(standardErrorOf(other, other.cells[0])).toBeCloseTo(0.25, 12);
    expect(standardErrorOf(group(1n, 2), group(1n, 2).cells[0])).toBeUndefined();
  });
});
