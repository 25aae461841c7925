import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrefixIndex } from '../src/index/prefix-index.ts';
import { createScoring } from '../src/suggest/scoring.ts';
import { suggest } from '../src/suggest/suggest.ts';
import { latencyBucket, latencyQuantile, mergeLatencies } from '../src/totals/latency-buckets.ts';
import { mergePages, pageCount } from '../src/totals/page-runs.ts';
import type { PrefixEvent } from '../src/totals/prefix-event.ts';
import { WEIGHTS, type Weight } from '../src/totals/settings.ts';
import { AT, TOTALS_NUMBERS, type TotalsColumns } from '../src/totals/totals-columns.ts';
import { createTotalsTable } from '../src/totals/totals-table.ts';
import { anyEvent, eventOf, pruned, SETTINGS } from './support/events.ts';

const { halfLifeMillis } = SETTINGS;

function totalsOf(events: readonly PrefixEvent[]): TotalsColumns {
  const table = createTotalsTable(halfLifeMillis);
  for (const event of events) table.addEvent(event);
  return table.columns();
}

const WEIGHT_OF: Readonly<Record<Weight, (event: PrefixEvent) => number>> = {
  bytes: (event) => event.bytes,
  requests: () => 1,
  tokens: (event) => event.tokens ?? 0,
  prefill: (event) => event.prefill_ms ?? 0,
};

/** As the definition has it: `Σ weight × 0.5^((asOf − t) / halfLife)`. */
function textbookScore(events: readonly PrefixEvent[], weight: Weight, asOfMillis: number): number {
  return events.reduce(
    (sum, event) =>
      sum + WEIGHT_OF[weight](event) * 0.5 ** ((asOfMillis - event.timestamp_ms) / halfLifeMillis),
    0,
  );
}

const batches = fc.array(fc.array(anyEvent, { maxLength: 20 }), { minLength: 1, maxLength: 20 });

describe('popularity', () => {
  it('is the textbook sum under every weight, in 1 batch or 20, in any order', () => {
    fc.assert(
      fc.property(batches, fc.nat(100_000), fc.boolean(), (drawn, laterMillis, isReversed) => {
        const index = createPrefixIndex(SETTINGS);
        for (const batch of isReversed ? drawn.toReversed() : drawn) index.merge(totalsOf(batch));
        const events = drawn.flat();
        if (events.length === 0) return;
        const asOfMillis = index.newestMillis() + laterMillis;
        for (const row of index.rows()) {
          const totals = index.totals();
          const own = events.filter(
            (event) =>
              event.tenant === totals.tenantOf(row) &&
              event.model_id === totals.modelOf(row) &&
              event.prefix_id === totals.prefixOf(row),
          );
          for (const weight of WEIGHTS) {
            const expected = textbookScore(own, weight, asOfMillis);
            const found = createScoring(index, { asOfMillis, weight }).popularity(row);
            expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * expected + 1e-300);
          }
        }
      }),
    );
  });

  it('is 1/1024 of itself ten half-lives later, without any ingest', () => {
    const index = createPrefixIndex(SETTINGS);
    index.addEvents([eventOf({ bytes: 3, timestamp_ms: 123_456 })]);
    const now = suggest(index, { topK: 1 }).hints[0].score;
    const later = suggest(index, { topK: 1, asOfMillis: 123_456 + 10 * halfLifeMillis });
    expect(now).toBe(3);
    expect(later.hints[0].score).toBeCloseTo(3 / 1024, 15);
  });

  it('of a historical file as of its own end is not zero', () => {
    const index = createPrefixIndex(SETTINGS);
    index.addEvents([
      eventOf({ timestamp_ms: Date.UTC(1999, 0) }),
      eventOf({ timestamp_ms: -5e12 }),
    ]);
    expect(suggest(index, { topK: 1 }).hints[0].score).toBe(1);
  });

  it('does not amplify an event after the as-of time', () => {
    const index = createPrefixIndex(SETTINGS);
    index.addEvents([eventOf({ bytes: 7, timestamp_ms: 50_000 })]);
    expect(suggest(index, { topK: 1, asOfMillis: 1000 }).hints[0].score).toBe(7);
  });

  it('survives a thousand half-lives between two events', () => {
    const index = createPrefixIndex(SETTINGS);
    index.addEvents([eventOf({ timestamp_ms: 0 }), eventOf({ timestamp_ms: 5_000_000 })]);
    expect(suggest(index, { topK: 1 }).hints[0]).toMatchObject({ score: 1, hits: 2 });
  });
});

describe('a row', () => {
  it('holds every number where its columns say', () => {
    expect(TOTALS_NUMBERS.map((name) => AT[name])).toEqual(TOTALS_NUMBERS.map((_, at) => at));
  });
});

describe('mergeRow', () => {
  it('sums counts, keeps extremes and joins pages whatever the batches', () => {
    fc.assert(
      fc.property(batches, (drawn) => {
        const merged = createTotalsTable(halfLifeMillis);
        for (const totals of drawn.map(totalsOf)) {
          for (let row = 0; row < totals.rowCount; row++) merged.mergeRow(totals, row);
        }
        const whole = totalsOf(drawn.flat());
        const found = merged.columns();
        expect(found.rowCount).toBe(whole.rowCount);
        expect(found.prefixes).toEqual(whole.prefixes);
        expect(found.latencies).toEqual(whole.latencies);
        expect(found.pages.map(pageCount)).toEqual(whole.pages.map(pageCount));
      }),
    );
  });

  it('keeps the greater of two parents that disagree, in both orders', () => {
    const pair = [eventOf({ parent_prefix_id: 'x' }), eventOf({ parent_prefix_id: 'y' })];
    expect(totalsOf(pair).parents[0]).toBe('y');
    expect(totalsOf(pair.toReversed()).parents[0]).toBe('y');
  });
});

describe('latencyQuantile', () => {
  it('is within 2.2 % of the latency at that rank', () => {
    const latency = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1 }), (drawn) => {
        const merged = drawn.reduce<readonly number[]>(
          (pairs, millis) => mergeLatencies(pairs, [latencyBucket(millis), 1]),
          [],
        );
        const sorted = drawn.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(0.99 * sorted.length) - 1];
        const found = latencyQuantile(merged, 0.99) as number;
        expect(Math.abs(found - exact) / exact).toBeLessThan(0.0221);
      }),
    );
  });

  it('is undefined for no latency, and 0 for none that takes time', () => {
    expect(latencyQuantile([], 0.99)).toBeUndefined();
    expect(latencyQuantile([latencyBucket(0), 3], 0.5)).toBe(0);
  });
});

describe('mergePages', () => {
  it('joins neighbours and keeps holes and layers apart', () => {
    expect(mergePages([0, 0, 3, 1, 0, 0], [0, 4, 7, 0, 9, 9])).toEqual([0, 0, 7, 0, 9, 9, 1, 0, 0]);
  });

  it('covers exactly the pages of both', () => {
    const run = fc.tuple(fc.nat(2), fc.nat(40), fc.nat(5));
    const pagesOf = (runs: readonly (readonly number[])[]): ReadonlySet<string> =>
      new Set(
        runs.flatMap(([layer, start, span]) =>
          Array.from({ length: span + 1 }, (_, i) => `${layer}:${start + i}`),
        ),
      );
    fc.assert(
      fc.property(fc.array(run, { maxLength: 15 }), (runs) => {
        const merged = runs.reduce<readonly number[]>(
          (pages, [layer, start, span]) => mergePages(pages, [layer, start, start + span]),
          [],
        );
        const found = Array.from({ length: merged.length / 3 }, (_, i) => [
          merged[3 * i],
          merged[3 * i + 1],
          merged[3 * i + 2] - merged[3 * i + 1],
        ]);
        expect(pagesOf(found)).toEqual(pagesOf(runs));
      }),
    );
  });

  it('fills those gaps that come first by width, then by place', () => {
    const widths = fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 17, maxLength: 60 });
    fc.assert(
      fc.property(widths, (gaps) => {
        let page = 0;
        const starts = [0, ...gaps.map((gap) => (page += gap))];
        const filled = gaps
          .map((_, i) => i)
          .sort((a, b) => gaps[a] - gaps[b] || a - b)
          .slice(0, starts.length - 16);
        const runs: number[][] = [];
        for (const [i, start] of starts.entries()) {
          if (filled.includes(i - 1)) runs[runs.length - 1][2] = start;
          else runs.push([0, start, start]);
        }
        expect(
          mergePages(
            [],
            starts.flatMap((start) => [0, start, start]),
          ),
        ).toEqual(runs.flat());
      }),
    );
  });

  it('fills the narrowest gaps past 16 runs a layer', () => {
    let pages: readonly number[] = [];
    for (let i = 0; i < 40; i++) pages = mergePages(pages, [0, i * i * 10, i * i * 10]);
    expect(pages.length / 3).toBe(16);
    expect(pages.at(-1)).toBe(39 * 39 * 10);
  });

  it('bounds runs and layers at once, however many come', () => {
    const scattered = Array.from({ length: 50_000 }, (_, i) => [0, i ** 2, i ** 2]);
    const once = mergePages([], scattered.flat());
    expect(once).toHaveLength(3 * 16);
    expect(once.slice(-3)).toEqual([0, 49_999 ** 2, 49_999 ** 2]);
    const layers = Array.from({ length: 2000 }, (_, layer) => [layer, 0, 0, layer, 9, 9]).flat();
    expect(new Set(mergePages([], layers).filter((_, i) => i % 3 === 0)).size).toBe(512);
    expect(mergePages([0, 5, 5], layers).length / 3).toBeLessThanOrEqual(2048);
  });
});

describe('createPrefixIndex', () => {
  it('refuses a half-life that is none', () => {
    expect(() => createPrefixIndex({ ...SETTINGS, halfLifeMillis: 0 })).toThrow(
      /prefix-index.bad-option/,
    );
  });

  it('answers as before until the last step of a prune', () => {
    const index = createPrefixIndex(SETTINGS);
    const [old, recent] = [1000, 9000];
    index.addEvents(
      Array.from({ length: 2000 }, (_, i) =>
        eventOf({ prefix_id: `p${i}`, timestamp_ms: i % 2 === 0 ? old : recent }),
      ),
    );
    const whole = suggest(index, { topK: 5000 });
    const steps = index.pruneInSteps(5000);
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) {
      expect(suggest(index, { topK: 5000 })).toEqual(whole);
    }
    expect(step.value).toBe(1000);
    expect(suggest(index, { topK: 5000 }).hints).toHaveLength(1000);
  });

  it('prunes what was not seen since, and keeps the rest as it was', () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { minLength: 1, maxLength: 60 }),
        fc.nat(60_000),
        (events, after) => {
          const before = 1_763_000_000_000 + after;
          const index = createPrefixIndex(SETTINGS);
          index.addEvents(events);
          const known = index.rowCount();
          const gone = pruned(index, before);
          const kept = createPrefixIndex(SETTINGS);
          const keyOf = (event: PrefixEvent): string =>
            JSON.stringify([event.tenant, event.model_id, event.prefix_id]);
          const alive = new Set(events.filter((e) => e.timestamp_ms >= before).map(keyOf));
          kept.addEvents(events.filter((event) => alive.has(keyOf(event))));
          expect(index.rowCount()).toBe(known - gone);
          expect(suggest(index, { topK: 99 })).toEqual(suggest(kept, { topK: 99 }));
        },
      ),
    );
  });
});
