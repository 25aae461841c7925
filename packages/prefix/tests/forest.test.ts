import { isWavetuneError, NONE } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildForest,
  countPrefixesByLength,
  expandBlocks,
  tokensOf,
  verifyColumns,
} from '../src/index.ts';
import { anyTrace, chainsOf, columnsOf } from './traces.ts';

const traces = anyTrace({ requests: 12, names: 3, length: 6 });

describe('buildForest', () => {
  it('joins blocks that the same requests pass through', () => {
    const columns = columnsOf([
      { chain: ['system', 'tools', 'a1', 'a2'] },
      { chain: ['system', 'tools', 'b1'], lastTokens: 3 },
      { chain: ['system', 'tools', 'a1', 'a2', 'a3'] },
      { chain: ['other'] },
    ]);
    const forest = buildForest(columns);
    expect([...forest.starts]).toEqual([0, 2, 4, 5, 6, 7]);
    expect([...forest.parents]).toEqual([NONE, 0, 0, 1, NONE]);
    expect([...forest.counts]).toEqual([3, 2, 1, 1, 1]);
    expect([...forest.depths]).toEqual([2, 4, 3, 5, 1]);
    expect([...forest.lastTokens]).toEqual([4, 4, 3, 4, 4]);
    expect([...forest.firstRequests]).toEqual([0, 0, 1, 2, 3]);
    expect([...forest.lastRequests]).toEqual([2, 2, 1, 2, 3]);
    expect(tokensOf(forest, 0)).toBe(8);
  });

  it('makes a cohort of exactly each maximal run of blocks with the same requests', () => {
    fc.assert(
      fc.property(traces, (columns) => {
        const forest = buildForest(columns);
        const requestsOf = Array.from(columns.parents, () => new Set<number>());
        chainsOf(columns).forEach((chain, r) => {
          for (const block of chain) requestsOf[block].add(r);
        });
        columns.parents.forEach((parent, block) => {
          const cohort = forest.cohortOf[block];
          expect(forest.counts[cohort]).toBe(requestsOf[block].size);
          expect(forest.firstRequests[cohort]).toBe(Math.min(...requestsOf[block]));
          expect(forest.lastRequests[cohort]).toBe(Math.max(...requestsOf[block]));
          if (parent === NONE) return;
          const same = requestsOf[parent].size === requestsOf[block].size;
          expect(forest.cohortOf[parent] === cohort).toBe(same);
          if (!same) expect(forest.parents[cohort]).toBe(forest.cohortOf[parent]);
        });
      }),
    );
  });

  it('makes nothing of a trace without blocks', () => {
    expect(buildForest(columnsOf([])).counts).toHaveLength(0);
    expect(buildForest(columnsOf([{ chain: [] }])).requests).toBe(0);
  });
});

describe('expandBlocks', () => {
  it('equals counting block by block', () => {
    fc.assert(
      fc.property(traces, (columns) => {
        const table = expandBlocks(buildForest(columns));
        const counts = columns.parents.slice().fill(0);
        const depths = counts.slice();
        const tokens = counts.slice();
        chainsOf(columns).forEach((chain, r) => {
          chain.forEach((block, i) => {
            counts[block] += 1;
            depths[block] = i + 1;
            const held = Math.min(4, columns.coveredTokens[r] - i * 4);
            tokens[block] = Math.max(tokens[block], held);
          });
        });
        expect([...table.counts]).toEqual([...counts]);
        expect([...table.depths]).toEqual([...depths]);
        expect([...table.tokens]).toEqual([...tokens]);
      }),
    );
  });
});

describe('countPrefixesByLength', () => {
  it('counts each distinct prefix once', () => {
    fc.assert(
      fc.property(traces, (columns) => {
        const forest = buildForest(columns);
        const naive = new Map<number, Set<number>>();
        for (const chain of chainsOf(columns)) {
          chain.forEach((block, i) => {
            naive.set(i + 1, (naive.get(i + 1) ?? new Set()).add(block));
          });
        }
        const histogram = countPrefixesByLength(forest);
        expect(histogram[0]).toBe(0);
        expect(histogram).toHaveLength(naive.size + 1);
        for (const [length, blocks] of naive) expect(histogram[length]).toBe(blocks.size);
      }),
    );
  });
});

describe('verifyColumns', () => {
  it('accepts every trace of chained blocks', () => {
    fc.assert(fc.property(traces, (columns) => verifyColumns(columns)));
  });

  it.each([
    ['times that go back', (c) => c.timeMillis.set([5, 4])],
    ['a time that is no number', (c) => c.timeMillis.set([Number.NaN])],
    ['a block under two parents', (c) => c.blocks.set([0, 1, 1])],
    ['ids that are not in order of appearance', (c) => c.blocks.set([1, 0])],
    ['more tokens than the blocks hold', (c) => c.coveredTokens.set([9])],
    ['more tokens than the prompt has', (c) => c.inputTokens.set([7])],
    ['a block that no request references', (c) => c.blocks.set([0, 1, 0, 1])],
  ] satisfies [string, (c: ReturnType<typeof columnsOf>) => void][])('refuses %s', (_, spoil) => {
    const columns = columnsOf([{ chain: ['a', 'b'] }, { chain: ['a', 'c'] }]);
    spoil(columns);
    expect(() => verifyColumns(columns)).toThrow(
      expect.toSatisfy((error) => isWavetuneError(error, 'prefix.bad-columns')),
    );
  });
});
