import { encodeCacheComparison } from '@wavetune/documents';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TTL_RULE } from '../../src/caches/ttl-rule.ts';
import { compareReplays } from '../../src/comparison/compare.ts';
import { differenceInterval } from '../../src/comparison/intervals.ts';
import { latencyOf } from '../../src/comparison/quantiles.ts';
import { requestTraceOf } from '../../src/comparison/request-trace.ts';
import type { PlannerReplay } from '../../src/comparison/run-figures.ts';
import { simulatePolicies } from '../../src/comparison/simulate-policies.ts';
import { type EventColumns, eventCount } from '../../src/events/event-columns.ts';
import type { WindowRecord } from '../../src/replay/replay-events.ts';
import { eventsOf } from '../support/event-streams.ts';

const STEERING = {
  trigger: 'every 10 events',
  delayMillis: 0,
  mostEvictions: 1,
  mostPrefetches: 1,
};

/** One window in which each cache answered what the bits say. */
function replayOf(
  planner: string,
  columns: EventColumns,
  [baseline, steered]: readonly (readonly number[])[],
): PlannerReplay {
  const events = eventCount(columns);
  const cache = (hits: readonly number[]): WindowRecord['baseline'] => {
    const answered = hits.reduce((sum, hit) => sum + hit, 0);
    const bytes = { requestedBytes: 100 * events, hitBytes: 100 * answered };
    const rest = { loads: events - answered, evictions: 0, expirations: 0 };
    const counts = { requests: events, hits: answered, ...bytes, ...rest };
    return { counts, usedBytes: 1, serverBytes: 1, keys: 1 };
  };
  const window: WindowRecord = {
    ...{ window: 0, range: { begin: 0, end: events }, fromMillis: 0, toMillis: 1 },
    ...{ baseline: cache(baseline), steered: cache(steered), plan: undefined },
  };
  const hits = { baseline: Uint8Array.from(baseline), steered: Uint8Array.from(steered) };
  return { planner, isBound: planner === 'oracle', replayed: { windows: [window], hits } };
}

function compared(columns: EventColumns, replays: readonly PlannerReplay[]) {
  return compareReplays(replays, {
    stream: { columns, source: 'item log', badRecords: 0, outOfOrder: 0 },
    rules: { limitBytes: 1000, ttl: TTL_RULE, eviction: 'ttl' },
    ...{ speed: undefined, steering: STEERING, measureFrom: 0, dollarsPerLoad: 0.01 },
  });
}

const hundred = eventsOf(
  Array.from({ length: 100 }, (_, i) => ({ item: String(i % 7), timeMillis: i })),
);
const every = (n: number): readonly number[] =>
  Array.from({ length: 100 }, (_, i) => (i % n === 0 ? 1 : 0));

describe('compareReplays', () => {
  it('names the planner that beats the TTL rule by more than its interval', () => {
    const comparison = compared(hundred, [
      replayOf('none', hundred, [every(4), every(4)]),
      replayOf('frequency', hundred, [every(4), every(2)]),
      replayOf('oracle', hundred, [every(4), every(1)]),
    ]);
    expect(comparison.verdict).toMatchObject({ decision: 'use', planner: 'frequency' });
    expect(comparison.baseline.hitRatio.ratio).toBe(0.25);
    expect(comparison.runs.map(({ verdict }) => verdict)).toEqual(['same', 'beats', 'beats']);
    expect(comparison.runs[1].difference.difference).toBeCloseTo(0.25, 12);
    expect(comparison.runs[1].cost).toMatchObject({
      loadsPerThousand: 500,
      baselineLoadsPerThousand: 750,
      dollarsPerThousand: 5,
      baselineDollarsPerThousand: 7.5,
    });
    expect([...encodeCacheComparison(comparison)].join('')).toContain('cache-comparison/1');
  });

  it('keeps the TTL rule where no planner is better, and where only the bound is', () => {
    const replays = [
      replayOf('frequency', hundred, [every(4), every(4)]),
      replayOf('oracle', hundred, [every(4), every(1)]),
    ];
    expect(compared(hundred, replays).verdict).toMatchObject({
      decision: 'keep the TTL rule',
      planner: null,
    });
  });

  it('widens the intervals where several planners are judged', () => {
    const replays = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      replayOf(name, hundred, [every(4), every(2)]),
    );
    expect(compared(hundred, replays).measured.confidence).toBeCloseTo(0.99, 12);
    expect(compared(hundred, replays.slice(0, 1)).measured.confidence).toBe(0.95);
  });

  it('refuses to judge on a single request', () => {
    const one = eventsOf([{}]);
    expect(() => compared(one, [replayOf('none', one, [[0], [0]])])).toThrow(
      expect.objectContaining({ code: 'comparison.too-few-requests' }),
    );
  });
});

describe('simulatePolicies', () => {
  it('makes bytes items by their mean charge, and leaves out what asks nothing', () => {
    const columns = eventsOf([
      { item: 'a', sizeBytes: 100 },
      { item: 'view', isRequest: false, sizeBytes: 1_000_000 },
      { item: 'b', sizeBytes: 200 },
      { item: 'a', sizeBytes: 100 },
    ]);
    const requests = requestTraceOf(columns);
    expect([...requests.events]).toEqual([0, 2, 3]);
    expect(requests.meanItemBytes).toBe(6 + 150 + 128);
    expect(simulatePolicies(requests, 283)).toBeUndefined();
    const simulated = simulatePolicies(requests, 2 * 284);
    expect(simulated?.capacityItems).toBe(2);
    expect([...(simulated?.hits.get('lru') ?? [])]).toEqual([0, 0, 1]);
  });

  it('lets no policy beat the optimum', () => {
    const items = fc.array(fc.nat(30), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(items, fc.integer({ min: 250, max: 4000 }), (names, limitBytes) => {
        const requests = requestTraceOf(eventsOf(names.map((item) => ({ item: String(item) }))));
        const hits = simulatePolicies(requests, limitBytes)?.hits;
        const total = (policy: 'lru' | 'optimum' | 's3-fifo' | 'arc'): number =>
          hits?.get(policy)?.reduce((sum, hit) => sum + hit, 0) ?? 0;
        for (const policy of ['lru', 's3-fifo', 'arc'] as const) {
          expect(total(policy)).toBeLessThanOrEqual(total('optimum'));
        }
      }),
    );
  });
});

describe('differenceInterval', () => {
  it('holds the difference, and turns with the sides', () => {
    const bits = fc.array(fc.tuple(fc.nat(1), fc.nat(1)), { minLength: 4, maxLength: 200 });
    fc.assert(
      fc.property(bits, (pairs) => {
        const { trace } = requestTraceOf(eventsOf(pairs.map(() => ({}))));
        const [ours, theirs] = [0, 1].map((side) => Float64Array.from(pairs, (pair) => pair[side]));
        const measured = { begin: 0, end: pairs.length };
        const sampling = { measured, groups: 10, confidence: 0.95 };
        const found = differenceInterval(trace, ours, theirs, sampling);
        const turned = differenceInterval(trace, theirs, ours, sampling);
        expect(found?.low).toBeLessThanOrEqual(found?.value ?? Number.NaN);
        expect(found?.high).toBeGreaterThanOrEqual(found?.value ?? Number.NaN);
        expect(turned?.value).toBeCloseTo(-(found?.value ?? Number.NaN), 12);
      }),
    );
    const { trace } = requestTraceOf(eventsOf([{}]));
    const sampling = { measured: { begin: 0, end: 1 }, groups: 10, confidence: 0.95 };
    const none = new Float64Array(1);
    expect(differenceInterval(trace, none, none, sampling)).toBeUndefined();
  });
});

describe('latencyOf', () => {
  it('ranks times, and knows nothing of none', () => {
    const times = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(latencyOf(times)).toEqual({ medianMillis: 50, p95Millis: 95, mostMillis: 100 });
    expect(latencyOf([])).toEqual({ medianMillis: null, p95Millis: null, mostMillis: null });
  });
});
