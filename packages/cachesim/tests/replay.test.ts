import { isWavetuneError } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { replay } from '../src/replay/replay.ts';
import type { ReplayRequest } from '../src/replay/replay-request.ts';
import { costedReplayTask } from '../src/tasks/costed-replay-task.ts';
import { linkReferences } from '../src/trace-index/next-use.ts';
import { columnsOf } from './columns-of.ts';

const columns = columnsOf(
  [
    { ids: [1, 2, 3], inputTokens: 10 },
    { ids: [1, 2, 4], inputTokens: 12 },
    { ids: [1, 2, 3], inputTokens: 10 },
    { ids: [1, 5] },
  ],
  4,
);

describe('replay', () => {
  it('counts hits of the measured window in a cache that is warm from the first request', () => {
    const request = { policy: 'lru', capacityBlocks: 8, measureFrom: 2 };
    expect(replay(columns, request)).toEqual({
      policy: 'lru',
      parameters: {},
      capacityBlocks: 8,
      residency: 'closed',
      hits: 'continuous',
      measureFrom: 2,
      requests: 2,
      blockReferences: 5,
      inputTokens: 18,
      hitBlocks: 4,
      hitTokens: 14,
      evictions: 0,
    });
  });

  it('keeps the head of a chain that is longer than the cache', () => {
    const long = columnsOf([{ ids: [1, 2, 3, 4] }, { ids: [1, 2, 3, 4] }]);
    for (const policy of ['fifo', 'lru', 'lfu', 'arc', 'sglang-lru']) {
      expect(replay(long, { policy, capacityBlocks: 3 }).hitBlocks).toBe(3);
    }
  });

  it.each<[string, Partial<ReplayRequest>]>([
    ['cachesim.bad-capacity', { capacityBlocks: 0 }],
    ['cachesim.bad-capacity', { capacityBlocks: 1.5 }],
    ['cachesim.empty-window', { measureFrom: 4 }],
    ['cachesim.empty-window', { measureFrom: -1 }],
    ['cachesim.unknown-policy', { policy: 'lur' }],
    ['cachesim.unknown-parameter', { parameters: { ratio: 1 } }],
    ['cachesim.bad-parameter', { policy: 'clock', parameters: { bits: 0.5 } }],
    ['cachesim.bad-parameter', { policy: 's3-fifo', parameters: { form: '2024' } }],
  ])('refuses with %s: %o', (code, fault) => {
    const request = { policy: 'lru', capacityBlocks: 2, ...fault };
    expect(() => replay(columns, request)).toThrow(expect.objectContaining({ code }));
  });

  it('names the nearest policy', () => {
    try {
      replay(columns, { policy: 's3fifo', capacityBlocks: 1 });
      expect.unreachable();
    } catch (error) {
      expect(isWavetuneError(error) && error.details).toMatchObject({ nearest: 's3-fifo' });
    }
  });

  it('refuses a trace of lengths alone', () => {
    const lengths = columnsOf([{ ids: [], inputTokens: 100 }]);
    expect(() => replay(lengths, { policy: 'lru', capacityBlocks: 1 })).toThrow(
      expect.objectContaining({ code: 'cachesim.length-only' }),
    );
  });
});

describe('costedReplayTask', () => {
  const requests = ['fifo', 'lru', 'optimum', 'sieve', 'arc'].flatMap((policy) =>
    [1, 2, 3].map((capacityBlocks) => ({ policy, capacityBlocks })),
  );

  it.each([1, 2, 8, 100])('gives the same results in %i parts, merged in any order', (parts) => {
    const references = linkReferences(columns.blocks, 5);
    const batch = { columns, references, simulations: requests, firstPlace: 0 };
    const partials = costedReplayTask.split(batch, parts).map((part) => costedReplayTask.run(part));
    const merged = partials.toReversed().reduce(costedReplayTask.merge);
    expect(merged.map(({ place }) => place)).toEqual(requests.map((_, place) => place));
    expect(merged.map(({ outcome }) => outcome)).toMatchObject(
      requests.map((request) => replay(columns, request)),
    );
  });
});
