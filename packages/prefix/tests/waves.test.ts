import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BCACHE_TILES,
  buildForest,
  keepAll,
  keepCohorts,
  layoutPages,
  pickTile,
  planWaves,
  selectPins,
  selectTopCohorts,
  snakeOrder,
  WAVE_DEFAULTS,
  type WaveOptions,
} from '../src/index.ts';
import { findBrokenRules } from './bcache-rules.ts';
import { anyTrace, chainsOf, columnsOf, loadMooncake, sharedPath } from './traces.ts';

const options: WaveOptions = { ...WAVE_DEFAULTS, waves: 4, pageBytes: 1024, minIoBytes: 0, n: 512 };

function planAll(columns: ReturnType<typeof columnsOf>, overrides: Partial<WaveOptions> = {}) {
  const forest = buildForest(columns);
  const layout = layoutPages(forest, 'packed', keepAll(forest));
  return planWaves(columns, forest, { ...options, ...overrides, layout });
}

describe('the rules of a wave', () => {
  it('accept the wave that the consumer accepted', ({ skip }) => {
    const path = sharedPath('golden/consumers/good_wave.json');
    if (!existsSync(path)) return skip(`no ${path}`);
    for (const wave of JSON.parse(readFileSync(path, 'utf8')).waves) {
      expect(findBrokenRules(wave, 2)).toEqual([]);
    }
  });
});

describe('planWaves', () => {
  const columns = columnsOf([
    { chain: ['s', 'a', 'a2'], timeMillis: 0 },
    { chain: ['s', 'b'], timeMillis: 1 },
    { chain: ['s', 'a'], timeMillis: 19 },
    { chain: ['t'], timeMillis: 20 },
  ]);

  it('packs requests that share pages side by side and fetches their pages once', () => {
    const [first, second] = planAll(columns);
    expect(first).toMatchObject({ beginMillis: 0, requests: 3, pages: 4 });
    expect(first.wave).toMatchObject({
      pack_order: [2, 0, 1],
      io_extents: [['0', 0, 3]],
      tile_order: [
        [0, 0],
        [0, 1],
      ],
      bm: 128,
      bn: 256,
      swap_window: [1, 3],
    });
    expect(second).toMatchObject({ beginMillis: 20, requests: 1, pages: 1 });
  });

  it('takes the busiest windows, in order of time, and none without a page to fetch', () => {
    expect(planAll(columns, { waves: 1 }).map(({ beginMillis }) => beginMillis)).toEqual([0]);
    expect(planAll(columns, { waves: 9 })).toHaveLength(2);
    expect(planAll(columns, { waves: 0 })).toEqual([]);
  });

  it('leaves out extents under the least size', () => {
    const [first, second] = planAll(columns, { minIoBytes: 4 * 1024 });
    expect(first.wave.io_extents).toEqual([['0', 0, 3]]);
    expect(second.wave).toMatchObject({ io_extents: [], swap_window: [0, 2] });
  });

  it('keeps the contract and fetches exactly the kept pages that its requests touch', () => {
    const traces = anyTrace({ requests: 20, names: 3, length: 5 });
    fc.assert(
      fc.property(traces, fc.nat(8), fc.option(fc.nat(60)), (trace, top, budgetBytes) => {
        const forest = buildForest(trace);
        const size = { per: 'token', bytes: 1 } as const;
        const kept =
          budgetBytes === null
            ? keepCohorts(forest, selectTopCohorts(forest, top))
            : selectPins(forest, { budgetBytes, size, exactCells: 0 }).kept;
        const layout = layoutPages(forest, 'packed', kept);
        const chains = chainsOf(trace);
        for (const planned of planWaves(trace, forest, { ...options, layout })) {
          expect(findBrokenRules(planned.wave, 2)).toEqual([]);
          const requests = planned.wave.pack_order.toSorted((a, b) => a - b);
          expect(requests).toHaveLength(planned.requests);
          const touched = new Set<number>();
          for (const r of requests) {
            expect(Math.floor(trace.timeMillis[r] / 20) * 20).toBe(planned.beginMillis);
            for (const block of chains[r]) {
              const cohort = forest.cohortOf[block];
              const at = block - forest.starts[cohort];
              if (at < kept[cohort]) touched.add(layout.startPages[cohort] + at);
            }
          }
          const fetched = planned.wave.io_extents.flatMap(([, first, last]) =>
            Array.from({ length: last - first + 1 }, (_, i) => first + i),
          );
          expect(fetched).toEqual([...touched].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('orders requests so that a prefix shared by some is shared by neighbours', () => {
    fc.assert(
      fc.property(anyTrace({ requests: 20, names: 3, length: 5 }), (trace) => {
        const chains = chainsOf(trace);
        for (const { wave } of planAll(trace, { windowMillis: 1e9 })) {
          for (const block of trace.parents.keys()) {
            const through = wave.pack_order.map((r) => chains[r].includes(block));
            const begin = through.indexOf(true);
            const last = through.lastIndexOf(true);
            if (begin >= 0) expect(through.slice(begin, last + 1)).not.toContain(false);
          }
        }
      }),
    );
  });

  it('keeps the contract in every window of the Mooncake conversation trace', ({ skip }) => {
    const trace = loadMooncake();
    if (trace === undefined) return skip('the public data is missing');
    const forest = buildForest(trace);
    const layout = layoutPages(forest, 'packed', keepAll(forest));
    const pageBytes = 512 * 131_072;
    const waves = planWaves(trace, forest, {
      ...WAVE_DEFAULTS,
      waves: 1e9,
      pageBytes,
      layout,
      maxTiles: 64,
    });
    expect(waves.reduce((sum, { requests }) => sum + requests, 0)).toBe(12_031);
    for (const { wave } of waves) {
      expect(findBrokenRules(JSON.parse(JSON.stringify(wave)), 2)).toEqual([]);
      for (const [, first, last] of wave.io_extents) {
        expect((last - first + 1) * pageBytes).toBeGreaterThanOrEqual(512 * 1024);
      }
    }
  });

  it('refuses pages past int32, windows without length, and a dtype without a tile', () => {
    const forest = buildForest(columns);
    const layout = layoutPages(forest, 'packed', keepAll(forest));
    const startPages = layout.startPages.map((page) => page + 2 ** 31);
    const far = { ...options, layout: { ...layout, startPages } };
    expect(() => planWaves(columns, forest, far)).toThrow('wave.not-int32');
    expect(() => planAll(columns, { windowMillis: 0 })).toThrow('prefix.bad-option');
    expect(() => planAll(columns, { dtypeBytes: 0.1 })).toThrow('wave.no-legal-tile');
  });
});

describe('pickTile', () => {
  it('pads least, then takes fewest tiles, then the first', () => {
    expect(pickTile({ m: 100, n: 128, dtypeBytes: 2 })).toBe(BCACHE_TILES[0]);
    expect(pickTile({ m: 100, n: 512, dtypeBytes: 2 })).toBe(BCACHE_TILES[1]);
    expect(pickTile({ m: 256, n: 384, dtypeBytes: 2 })).toBe(BCACHE_TILES[2]);
    expect(pickTile({ m: 256, n: 384, dtypeBytes: 0.25 })).toBe(BCACHE_TILES[3]);
  });
});

describe('snakeOrder', () => {
  it('turns at the end of each row', () => {
    expect(snakeOrder(2, 3, 99)).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 2],
      [1, 1],
      [1, 0],
    ]);
  });

  it('visits each tile once, each next to the one before, within the limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 99 }),
        (rows, columns, limit) => {
          const order = snakeOrder(rows, columns, limit);
          expect(order.length).toBeLessThanOrEqual(limit);
          expect(new Set(order.map(String)).size).toBe(order.length);
          order.slice(1).forEach(([m, n], i) => {
            expect(Math.abs(m - order[i][0]) + Math.abs(n - order[i][1])).toBe(1);
          });
        },
      ),
    );
  });
});
