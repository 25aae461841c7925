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

describe('cache-replay/1', () => {
  it('reads back what was written', () => {
    expect(decodeCacheReplay([...encodeCacheReplay(replay)].join(''))).toEqual(replay);
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
