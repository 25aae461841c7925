import { describe, expect, it } from 'vitest';
import { replay } from '../src/replay/replay.ts';
import { columnsOf, type LoggedRequest } from './columns-of.ts';

const hitsOf = (
  requests: readonly LoggedRequest[],
  policy: string,
  capacityBlocks: number,
  more: object = {},
) => {
  const { hitBlocks, evictions } = replay(columnsOf(requests, 16), {
    policy,
    capacityBlocks,
    ...more,
  });
  return { hitBlocks, evictions };
};

describe('vllm', () => {
  it('recomputes the last token of a prompt that it has in full', () => {
    expect(hitsOf([{ ids: [1, 2] }, { ids: [1, 2] }], 'vllm', 10)).toEqual({
      hitBlocks: 1,
      evictions: 0,
    });
  });

  it('keeps one block for itself and gives back the partial one at once', () => {
    const twice = [
      { ids: [1, 2, 3], inputTokens: 40 },
      { ids: [1, 2, 3], inputTokens: 40 },
    ];
    expect(hitsOf(twice, 'vllm', 4)).toEqual({ hitBlocks: 2, evictions: 2 });
    expect(hitsOf(twice, 'vllm', 3)).toEqual({ hitBlocks: 2, evictions: 0 });
  });
});

describe('sglang', () => {
  it('evicts a leaf node as a whole', () => {
    const requests = [{ ids: [1, 2, 3] }, { ids: [4] }, { ids: [5] }, { ids: [1, 2, 3] }];
    expect(hitsOf(requests, 'sglang-lru', 4)).toEqual({ hitBlocks: 0, evictions: 4 });
    expect(hitsOf(requests, 'lru', 4)).toEqual({ hitBlocks: 2, evictions: 2 });
  });

  it('splits a node where a request leaves it, and refreshes the rest', () => {
    const requests = [
      { ids: [1, 2, 3] },
      { ids: [7] },
      { ids: [1, 8] },
      { ids: [9] },
      { ids: [1, 2, 3] },
    ];
    expect(hitsOf(requests, 'sglang-lru', 5)).toEqual({ hitBlocks: 4, evictions: 1 });
  });

  it('keeps what was used twice before what was used once (lfu, slru)', () => {
    const requests = [{ ids: [1] }, { ids: [1] }, { ids: [2] }, { ids: [3] }, { ids: [1] }];
    expect(hitsOf(requests, 'sglang-lru', 2).hitBlocks).toBe(1);
    expect(hitsOf(requests, 'sglang-lfu', 2).hitBlocks).toBe(2);
    expect(hitsOf(requests, 'sglang-slru', 2).hitBlocks).toBe(2);
  });

  it('keeps the higher priority', () => {
    const requests = [{ ids: [1] }, { ids: [2] }, { ids: [3] }, { ids: [1] }];
    const priorities = Int32Array.of(5, 0, 0, 0);
    expect(hitsOf(requests, 'sglang-priority', 2).hitBlocks).toBe(0);
    expect(hitsOf(requests, 'sglang-priority', 2, { inputs: { priorities } }).hitBlocks).toBe(1);
  });
});

describe('lmcache', () => {
  it('caches and evicts full chunks only', () => {
    const parameters = { chunkTokens: 32 };
    const requests = [{ ids: [1, 2, 3] }, { ids: [1, 2, 3] }];
    expect(hitsOf(requests, 'lmcache', 5, { parameters })).toEqual({ hitBlocks: 2, evictions: 0 });
    const others = [{ ids: [1, 2] }, { ids: [3, 4] }, { ids: [5, 6] }, { ids: [1, 2] }];
    expect(hitsOf(others, 'lmcache', 5, { parameters })).toEqual({ hitBlocks: 0, evictions: 4 });
  });

  it('orphans children under free residency, where the leaf-first order does not', () => {
    const requests = [{ ids: [1, 2] }, { ids: [3] }, { ids: [1, 2] }];
    const free = { residency: 'free', parameters: { chunkTokens: 16 } };
    expect(hitsOf(requests, 'lmcache', 2, free).hitBlocks).toBe(0);
    expect(hitsOf(requests, 'lru', 2, { residency: 'free' }).hitBlocks).toBe(1);
  });
});

describe('mooncake', () => {
  const at = (seconds: number, ...ids: number[]) => ({ ids, timeMillis: seconds * 1000 });

  it('refuses a block while every other is leased', () => {
    const requests = [at(0, 1), at(1, 2), at(2, 3), at(3, 3)];
    const parameters = { watermark: 1 };
    expect(hitsOf(requests, 'mooncake', 2, { parameters }).hitBlocks).toBe(0);
    const later = [at(0, 1), at(1, 2), at(12, 3), at(13, 3)];
    expect(hitsOf(later, 'mooncake', 2, { parameters }).hitBlocks).toBe(1);
  });

  it('evicts a share when it is fuller than the watermark', () => {
    const requests = [at(0, 1), at(0, 2), at(0, 3), at(0, 4), at(20, 1)];
    const parameters = { watermark: 0.5, evictRatio: 0.5 };
    expect(hitsOf(requests, 'mooncake', 4, { parameters })).toEqual({ hitBlocks: 1, evictions: 2 });
  });

  it('spares soft pins until they lapse', () => {
    const parameters = { watermark: 1, softPinSeconds: 100 };
    const inputs = { pins: Uint32Array.of(0) };
    const soon = [at(0, 1), at(20, 2), at(40, 3), at(60, 1)];
    expect(hitsOf(soon, 'mooncake', 2, { parameters, inputs }).hitBlocks).toBe(1);
    const late = [at(0, 1), at(120, 2), at(140, 3), at(160, 4), at(180, 1)];
    expect(hitsOf(late, 'mooncake', 2, { parameters, inputs }).hitBlocks).toBe(0);
  });
});

describe('pinned-lru', () => {
  it('never evicts a pinned block', () => {
    const requests = [{ ids: [1] }, { ids: [2] }, { ids: [3] }, { ids: [4] }, { ids: [1] }];
    const inputs = { pins: Uint32Array.of(0) };
    expect(hitsOf(requests, 'pinned-lru', 2).hitBlocks).toBe(0);
    expect(hitsOf(requests, 'pinned-lru', 2, { inputs })).toEqual({ hitBlocks: 1, evictions: 2 });
  });
});

describe('ttl-pressure', () => {
  it('keeps blocks longer in an emptier cache', () => {
    const requests = [
      { ids: [1], timeMillis: 0 },
      { ids: [1], timeMillis: 1_000_000 },
    ];
    expect(hitsOf(requests, 'ttl-pressure', 10).hitBlocks).toBe(1);
    expect(hitsOf(requests, 'ttl-pressure', 2).hitBlocks).toBe(0);
    expect(hitsOf(requests, 'ttl', 10).hitBlocks).toBe(0);
  });
});
