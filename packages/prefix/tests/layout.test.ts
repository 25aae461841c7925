import { NONE, type TraceColumns } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blocksInPageOrder,
  buildForest,
  countExtents,
  keepAll,
  keepCohorts,
  LAYOUT_ORDERS,
  layoutPages,
  selectPins,
} from '../src/index.ts';
import { anyTrace, chainsOf, columnsOf, loadMooncake } from './traces.ts';

const traces = anyTrace({ requests: 12, names: 3, length: 6 });

/** Chain by chain; `pageOf[b]` is NONE where b is not kept. */
function countNaively(columns: TraceColumns, pageOf: ArrayLike<number>) {
  const counts = chainsOf(columns).map((chain) => {
    const pages = chain.map((block) => pageOf[block]).filter((page) => page !== NONE);
    return pages.filter((page, i) => i === 0 || page !== pages[i - 1] + 1).length;
  });
  return {
    extents: counts.reduce((a, b) => a + b, 0),
    mostExtents: Math.max(0, ...counts),
    requests: counts.filter((count) => count > 0).length,
  };
}

function pagesOf(order: Uint32Array, blocks: number): Uint32Array {
  const pageOf = new Uint32Array(blocks).fill(NONE);
  order.forEach((block, page) => {
    pageOf[block] = page;
  });
  return pageOf;
}

function* permutations(items: readonly number[]): Generator<readonly number[]> {
  if (items.length === 0) yield [];
  for (const item of items) {
    for (const rest of permutations(items.filter((other) => other !== item))) yield [item, ...rest];
  }
}

describe('layoutPages', () => {
  const columns = columnsOf([
    { chain: ['s', 'a', 'a2'] },
    { chain: ['s', 'b'] },
    { chain: ['s', 'b', 'c'] },
    { chain: ['s', 'b'] },
  ]);
  const forest = buildForest(columns);
  const orderOf = (order: (typeof LAYOUT_ORDERS)[number]) => [
    ...blocksInPageOrder(forest, layoutPages(forest, order, keepAll(forest))),
  ];

  it('lays out by arrival, by requests, and depth-first by requests', () => {
    expect(orderOf('arrival')).toEqual([0, 1, 2, 3, 4]);
    expect(orderOf('hottest')).toEqual([0, 3, 1, 2, 4]);
    expect(orderOf('packed')).toEqual([0, 3, 4, 1, 2]);
  });

  it('packs with the fewest extents that any layout has', () => {
    const few = anyTrace({ requests: 8, names: 2, length: 4 }).filter(
      (trace) => trace.parents.length <= 6,
    );
    fc.assert(
      fc.property(few, (trace) => {
        const small = buildForest(trace);
        const packed = countExtents(small, layoutPages(small, 'packed', keepAll(small)));
        let least = Number.POSITIVE_INFINITY;
        for (const pageOf of permutations(Array.from(trace.parents.keys()))) {
          least = Math.min(least, countNaively(trace, pageOf).extents);
        }
        expect(packed.extents).toBe(least);
      }),
      { numRuns: 60 },
    );
  });

  it('packs every chain into at most log2(requests) + 1 extents', () => {
    fc.assert(
      fc.property(anyTrace({ requests: 40, names: 3, length: 8 }), (trace) => {
        const forest = buildForest(trace);
        const packed = countExtents(forest, layoutPages(forest, 'packed', keepAll(forest)));
        if (packed.requests === 0) return;
        expect(packed.mostExtents).toBeLessThanOrEqual(Math.log2(packed.requests) + 1);
      }),
    );
  });

  it('can exceed log2(blocks) + 1 extents where requests repeat: the bound is one of requests', () => {
    const spine = ['a', 'b', 'c', 'd', 'e'];
    const repeats = spine.flatMap((_, i) =>
      Array.from({ length: 2 ** (5 - i) }, () => ({ chain: [...spine.slice(0, i + 1), 'leaf'] })),
    );
    const trace = columnsOf([...repeats, { chain: spine }]);
    const forest = buildForest(trace);
    const packed = countExtents(forest, layoutPages(forest, 'packed', keepAll(forest)));
    expect(packed.mostExtents).toBe(5);
    expect(packed.mostExtents).toBeGreaterThan(Math.log2(trace.parents.length) + 1);
  });
});

describe('countExtents', () => {
  it('equals counting chain by chain, in every order, of any kept set', () => {
    fc.assert(
      fc.property(traces, fc.array(fc.nat(30)), fc.nat(90), (columns, some, budgetBytes) => {
        const forest = buildForest(columns);
        const cohorts = some.filter((c) => c < forest.counts.length);
        const size = { per: 'token', bytes: 1 } as const;
        const kept =
          cohorts.length > 0
            ? keepCohorts(forest, Uint32Array.from(cohorts))
            : selectPins(forest, { budgetBytes, size, exactCells: 0 }).kept;
        for (const order of LAYOUT_ORDERS) {
          const layout = layoutPages(forest, order, kept);
          const blocks = blocksInPageOrder(forest, layout);
          expect(new Set(blocks).size).toBe(kept.reduce((a, b) => a + b, 0));
          const pageOf = pagesOf(blocks, columns.parents.length);
          expect(countExtents(forest, layout)).toMatchObject(countNaively(columns, pageOf));
        }
      }),
    );
  });

  it('has no mean of nothing', () => {
    const forest = buildForest(columnsOf([]));
    const count = countExtents(forest, layoutPages(forest, 'packed', keepAll(forest)));
    expect(count.meanExtents).toBeUndefined();
  });

  it('equals the figures of the Mooncake conversation trace', ({ skip }) => {
    const columns = loadMooncake();
    if (columns === undefined) return skip('the public data is missing');
    const forest = buildForest(columns);
    const extents = LAYOUT_ORDERS.map(
      (order) => countExtents(forest, layoutPages(forest, order, keepAll(forest))).extents,
    );
    expect(extents).toEqual([33_391, 37_234, 28_661]);
    expect(extents.map((total) => (total / 12_031).toFixed(3))).toEqual([
      '2.775',
      '3.095',
      '2.382',
    ]);
  });
});

describe('keepCohorts', () => {
  it('keeps all above the selected, and nothing else', () => {
    const forest = buildForest(
      columnsOf([{ chain: ['a', 'b'] }, { chain: ['a', 'c', 'd'] }, { chain: ['e'] }]),
    );
    expect([...keepCohorts(forest, Uint32Array.of(2))]).toEqual([1, 0, 2, 0]);
  });
});
