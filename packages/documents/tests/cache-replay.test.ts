import { describe, expect, it } from 'vitest';
import { type CacheReplay, decodeCacheReplay, encodeCacheReplay } from '../src/index.ts';

const replay: CacheReplay = {
  schema: 'cache-replay/1',
  trace: {
    requests: 4,
    blockReferences: 8,
    distinctBlocks: 5,
    inputTokens: 4000,
    blockSize: 512,
    tail: 'count',
  },
  window: { from: 0.5, requests: 2, inputTokens: 2000 },
  ceiling: { hitTokens: 1024, ratio: 0.512 },
  results: [
    {
      policy: 'lru',
      parameters: {},
      residency: 'closed',
      hits: 'continuous',
      capacityBlocks: 4,
      capacityBytes: null,
      hitBlocks: 1,
      hitTokens: 512,
      hitRatio: 0.256,
      evictions: 1,
      savedPrefillSeconds: null,
    },
  ],
  curves: [
    {
      policy: 'lru',
      residency: 'closed',
      hits: 'continuous',
      sampleRatio: 1,
      meanError: null,
      capacityBlocks: [1, 2],
      hitTokens: [0, 512],
    },
  ],
};

const broken = (change: (copy: CacheReplay) => void) => {
  const copy = structuredClone(replay);
  change(copy);
  return () => encodeCacheReplay(copy);
};

const findings: Pick<CacheReplay, 'split' | 'ttlCurve' | 'misses' | 'losses' | 'tenants'> = {
  split: { by: 'replicas', caches: 2, routing: 'prefix-aware' },
  ttlCurve: { ttlSeconds: [1, 60], hitTokens: [0, 512] },
  misses: [
    {
      policy: 'lru',
      capacityBlocks: 4,
      blocks: { cold: 1, diverged: 2, elsewhere: 0, expired: 0, evicted: 1 },
      missedBlocks: 4,
      divergences: [{ block: '46', requests: 1, missedBlocks: 2 }],
    },
  ],
  losses: [
    {
      policy: 'lru',
      capacityBlocks: 4,
      inputTokens: 2000,
      workload: 976,
      capacity: 200,
      eviction: 312,
      isolation: -12,
      routing: { 'round-robin': 100 },
      replicas: 2,
      hitTokens: 512,
    },
  ],
  tenants: [
    {
      policy: 'lru',
      capacityBlocks: 4,
      tenant: 'a',
      requests: 2,
      inputTokens: 2000,
      hitTokens: 512,
      hitRatio: 0.256,
    },
  ],
};

describe('cache-replay/1', () => {
  it('reads back what was written', () => {
    expect(decodeCacheReplay([...encodeCacheReplay(replay)].join(''))).toEqual(replay);
  });

  it('carries why blocks were missed and where tokens were lost, which sum up', () => {
    const full = { ...replay, ...findings };
    expect(decodeCacheReplay([...encodeCacheReplay(full)].join(''))).toEqual(full);
    const invalid = expect.objectContaining({ code: 'documents.invalid' });
    for (const part of [{ misses: [{ missedBlocks: 5 }] }, { losses: [{ workload: 975 }] }]) {
      const [[key, [change]]] = Object.entries(part);
      const copy = structuredClone(full);
      Object.assign(copy[key as 'misses' | 'losses']?.[0] ?? {}, change);
      expect(() => encodeCacheReplay(copy)).toThrow(invalid);
    }
  });

  it('refuses more continuous hits than the ceiling, and takes independent ones', () => {
    const over = (hits: 'continuous' | 'independent') =>
      broken((copy) => Object.assign(copy.results[0], { hits, hitTokens: 1025 }));
    expect(over('continuous')).toThrow(/exceeds the ceiling, 1024/);
    expect(over('independent')).not.toThrow();
  });

  it('refuses curves of two lengths and a window larger than the trace', () => {
    const invalid = expect.objectContaining({ code: 'documents.invalid' });
    expect(broken((copy) => Object.assign(copy.curves?.[0] ?? {}, { hitTokens: [0] }))).toThrow(
      invalid,
    );
    expect(broken((copy) => Object.assign(copy.window, { inputTokens: 4001 }))).toThrow(invalid);
  });
});
