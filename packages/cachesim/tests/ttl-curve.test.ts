import { NONE, shapeOf, type TraceColumns, tokensOfPrefix } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hitsAtTtl, ttlCurve } from '../src/index.ts';
import { arbitraryTrace } from './arbitrary-trace.ts';
import { columnsOf } from './columns-of.ts';

function ttlModel(columns: TraceColumns, begin: number, ttlMillis: number): number {
  const touched = new Map<number, number>();
  let tokens = 0;
  for (let r = 0; r + 1 < columns.offsets.length; r++) {
    const chain = columns.blocks.subarray(columns.offsets[r], columns.offsets[r + 1]);
    const now = columns.timeMillis[r];
    const missed = chain.findIndex((block) => now - (touched.get(block) ?? -NONE) > ttlMillis);
    if (r >= begin) tokens += tokensOfPrefix(columns, r, missed === -1 ? chain.length : missed);
    for (const block of chain) touched.set(block, now);
  }
  return tokens;
}

describe('ttlCurve', () => {
  it('hits a block whose gap is at most the time to live', () => {
    const columns = columnsOf([
      { ids: [1, 2], timeMillis: 0 },
      { ids: [1], timeMillis: 500 },
      { ids: [1, 2], timeMillis: 2000 },
    ]);
    const curve = ttlCurve(columns, { begin: 0, end: 3 });
    expect(Array.from(curve.ttlMillis)).toEqual([500, 1500, 2000]);
    expect(hitsAtTtl(curve, 1999)).toEqual({ hitBlocks: 2, hitTokens: 2 });
    expect(hitsAtTtl(curve, 2000)).toEqual({ hitBlocks: 3, hitTokens: 3 });
    expect(hitsAtTtl(curve, 499)).toEqual({ hitBlocks: 0, hitTokens: 0 });
  });

  it('equals a replay with that time to live, prefix-continuous', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.nat(20), fc.nat(9), (columns, first, seconds) => {
        const { requests } = shapeOf(columns);
        const begin = Math.min(first, requests);
        const curve = ttlCurve(columns, { begin, end: requests });
        expect(hitsAtTtl(curve, seconds * 1000).hitTokens).toBe(
          ttlModel(columns, begin, seconds * 1000),
        );
      }),
    );
  });
});
