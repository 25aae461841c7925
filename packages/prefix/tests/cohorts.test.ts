import { NONE } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildForest,
  countSavedTokens,
  countTenants,
  describeCohorts,
  measureReuse,
  selectTopCohorts,
} from '../src/index.ts';
import { selectPercentile } from '../src/percentile.ts';
import { orderDescending } from '../src/radix-order.ts';
import { anyTrace, chainsOf, columnsOf } from './traces.ts';

const traces = anyTrace({ requests: 15, names: 3, length: 6 });
const size = { per: 'token', bytes: 10 } as const;
const decay = { halfLifeMillis: 10, asOfMillis: 20 };

function requestsThrough(columns: ReturnType<typeof columnsOf>, block: number): readonly number[] {
  return chainsOf(columns).flatMap((chain, r) => (chain.includes(block) ? [r] : []));
}

/** By sorting; the textbook's definition of interpolated percentiles. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = ((sorted.length - 1) * percent) / 100;
  const [low, high] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  return low + (high - low) * (rank - Math.floor(rank));
}

describe('describeCohorts', () => {
  it('says of a run what its requests and tokens say', () => {
    const columns = columnsOf([
      { chain: ['system', 'tools', 'a'], timeMillis: 0, tenant: 1 },
      { chain: ['system', 'tools', 'b'], timeMillis: 10, tenant: 0, lastTokens: 1 },
      { chain: ['system', 'tools', 'a'], timeMillis: 20, tenant: 1 },
    ]);
    const forest = buildForest(columns);
    const selected = selectTopCohorts(forest, 2);
    expect(describeCohorts(columns, forest, { selected, size, decay })).toEqual([
      {
        cohort: 0,
        block: 1,
        parentBlock: undefined,
        depth: 2,
        blocks: 2,
        tokens: 8,
        count: 3,
        tenants: 2,
        bytes: 80,
        savedTokens: 16,
        firstSeenMillis: 0,
        lastSeenMillis: 20,
        score: 1.75,
        reuseIntervalMillis: { median: 10, p90: 10 },
      },
      {
        cohort: 1,
        block: 2,
        parentBlock: 1,
        depth: 3,
        blocks: 1,
        tokens: 4,
        count: 2,
        tenants: 1,
        bytes: 40,
        savedTokens: 4,
        firstSeenMillis: 0,
        lastSeenMillis: 20,
        score: 1.25,
        reuseIntervalMillis: { median: 20, p90: 20 },
      },
    ]);
  });

  it('counts pages, not tokens, where a page is the unit', () => {
    const columns = columnsOf([{ chain: ['a', 'b'], lastTokens: 1 }]);
    const forest = buildForest(columns);
    const selected = selectTopCohorts(forest, 1);
    const page = { per: 'page', bytes: 64 } as const;
    const [cohort] = describeCohorts(columns, forest, { selected, size: page, decay });
    expect(cohort).toMatchObject({ tokens: 5, bytes: 128, reuseIntervalMillis: undefined });
  });
});

describe('selectTopCohorts', () => {
  it('orders by tokens saved and keeps the older of equals first, whatever the limit', () => {
    fc.assert(
      fc.property(traces, fc.nat(20), (columns, limit) => {
        const forest = buildForest(columns);
        const saved = countSavedTokens(forest);
        const all = Array.from(saved.keys()).sort((a, b) => saved[b] - saved[a] || a - b);
        expect([...selectTopCohorts(forest, limit)]).toEqual(all.slice(0, limit));
      }),
    );
  });
});

describe('countTenants', () => {
  it('equals a set of tenants a cohort', () => {
    fc.assert(
      fc.property(traces, (columns) => {
        const forest = buildForest(columns);
        const tenants = countTenants(columns, forest);
        tenants.forEach((count, c) => {
          const requests = requestsThrough(columns, forest.starts[c]);
          expect(count).toBe(new Set(requests.map((r) => columns.tenants[r])).size);
        });
      }),
    );
  });
});

describe('measureReuse', () => {
  it('equals sorting the intervals, for any selection in any order', () => {
    fc.assert(
      fc.property(traces, fc.infiniteStream(fc.boolean()), (columns, choose) => {
        const forest = buildForest(columns);
        const selected = forest.counts.map((_, c) => c).filter(() => choose.next().value);
        selected.reverse();
        const measured = measureReuse(columns, forest, selected);
        expect(measured).toHaveLength(selected.length);
        measured.forEach((reuse, i) => {
          const times = requestsThrough(columns, forest.starts[selected[i]]).map(
            (r) => columns.timeMillis[r],
          );
          const intervals = times.slice(1).map((time, j) => time - times[j]);
          expect(reuse === undefined).toBe(intervals.length === 0);
          if (reuse === undefined) return;
          expect(reuse.median).toBeCloseTo(percentile(intervals, 50), 9);
          expect(reuse.p90).toBeCloseTo(percentile(intervals, 90), 9);
        });
      }),
    );
  });
});

describe('selectPercentile', () => {
  it('equals sorting', () => {
    const someValues = fc.array(fc.oneof(fc.nat(3), fc.nat(1000)), { minLength: 1 });
    fc.assert(
      fc.property(someValues, fc.nat(100), (values, percent) => {
        const found = selectPercentile(Float64Array.from(values), percent);
        expect(found).toBeCloseTo(percentile(values, percent), 9);
      }),
    );
  });
});

describe('orderDescending', () => {
  it('orders whole numbers of any size, equal ones by index', () => {
    const anyKeys = fc.array(fc.oneof(fc.nat(3), fc.maxSafeNat(), fc.nat(NONE)));
    fc.assert(
      fc.property(anyKeys, (keys) => {
        const expected = Array.from(keys.keys()).sort((a, b) => keys[b] - keys[a] || a - b);
        expect([...orderDescending(Float64Array.from(keys))]).toEqual(expected);
      }),
    );
    expect([...orderDescending(Uint32Array.of(1, NONE, 1, 70_000))]).toEqual([1, 3, 0, 2]);
  });
});
