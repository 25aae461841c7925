import { type TraceColumns, tokensOfPrefix } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildForest, countCeilingHits, countSavedTokens } from '../src/index.ts';
import { anyTrace, chainsOf, columnsOf, loadMooncake } from './traces.ts';

const traces = anyTrace({ requests: 12, names: 3, length: 6 });

/** The textbook's cache: a set that only grows. */
function hitsOfEachRequest(columns: TraceColumns): readonly number[] {
  const cached = new Set<number>();
  return chainsOf(columns).map((chain, r) => {
    const miss = chain.findIndex((block) => !cached.has(block));
    for (const block of chain) cached.add(block);
    return tokensOfPrefix(columns, r, miss === -1 ? chain.length : miss);
  });
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

describe('countCeilingHits', () => {
  it('counts the tokens of the prefix that was asked for before', () => {
    const columns = columnsOf([
      { chain: ['a', 'b'] },
      { chain: ['a', 'c'] },
      { chain: ['a', 'b', 'd'], lastTokens: 1 },
      { chain: ['a', 'b', 'd'], lastTokens: 1 },
    ]);
    expect(countCeilingHits(columns, { begin: 0, end: 4 }).hitTokens).toBe(0 + 4 + 8 + 9);
    expect(countCeilingHits(columns, { begin: 2, end: 3 }).hitTokens).toBe(8);
  });

  it('equals an infinite cache, in every window', () => {
    fc.assert(
      fc.property(traces, fc.nat(12), fc.nat(12), (columns, from, to) => {
        const end = Math.min(Math.max(from, to), columns.offsets.length - 1);
        const begin = Math.min(from, to, end);
        expect(countCeilingHits(columns, { begin, end })).toEqual({
          hitTokens: sum(hitsOfEachRequest(columns).slice(begin, end)),
          inputTokens: sum(columns.inputTokens.subarray(begin, end)),
        });
      }),
    );
  });

  it('is what the cohorts save together', () => {
    fc.assert(
      fc.property(traces, (columns) => {
        const end = columns.offsets.length - 1;
        expect(sum(countSavedTokens(buildForest(columns)))).toBe(
          countCeilingHits(columns, { begin: 0, end }).hitTokens,
        );
      }),
    );
  });

  it('equals the published figures of the Mooncake conversation trace', ({ skip }) => {
    const columns = loadMooncake();
    if (columns === undefined) return skip('the public data is missing');
    expect(countCeilingHits(columns, { begin: 0, end: 12_031 })).toEqual({
      hitTokens: 54_098_411,
      inputTokens: 144_793_823,
    });
    expect(countCeilingHits(columns, { begin: 6_015, end: 12_031 })).toEqual({
      hitTokens: 27_038_068,
      inputTokens: 67_915_607,
    });
    expect(sum(countSavedTokens(buildForest(columns)))).toBe(54_098_411);
  });
});
