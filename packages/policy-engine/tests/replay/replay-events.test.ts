import { systemClock } from '@wavetune/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCaches } from '../../src/caches/open-caches.ts';
import { type SpawnedServer, spawnRedisServer } from '../../src/caches/spawn-server.ts';
import { TTL_RULE } from '../../src/caches/ttl-rule.ts';
import { createAggregator } from '../../src/context/aggregator.ts';
import { everyEvents } from '../../src/context/trigger.ts';
import type { WindowContext } from '../../src/context/window-context.ts';
import { type EventColumns, eventAt, eventCount } from '../../src/events/event-columns.ts';
import { DEFAULT_LIMITS } from '../../src/executor/plan-limits.ts';
import { buildPlan, type PlanWish } from '../../src/plan/build-plan.ts';
import type { Planner } from '../../src/planners/planner.ts';
import { fullSpeed } from '../../src/replay/pace.ts';
import { type Replayed, replayEvents } from '../../src/replay/replay-events.ts';
import { createSteering, type SteeringOptions } from '../../src/replay/steering.ts';
import { eventsOf } from '../support/event-streams.ts';
import { hasRedis } from '../support/redis-servers.ts';
import { TextbookCache } from '../support/textbook-cache.ts';

const LIMIT_BYTES = 4000;
const VALUE_BYTES = 100;
const LONG_MILLIS = 3_600_000;

/** Answers the contexts one after another with what it was given. */
function scripted(wishes: readonly PlanWish[], seen: WindowContext[] = []): Planner {
  return {
    name: 'scripted',
    plan: async (context) => {
      seen.push(context);
      const wish = wishes[context.window] ?? { evict: [], prefetch: [] };
      return { plan: buildPlan('scripted', context, wish, LONG_MILLIS), discarded: [] };
    },
  };
}

describe.skipIf(!hasRedis())('replayEvents', () => {
  let servers: readonly SpawnedServer[];
  beforeAll(async () => {
    servers = [await spawnRedisServer(), await spawnRedisServer()];
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
  });

  const run = async (
    columns: EventColumns,
    windowEvents: number,
    planner: Planner,
    options: Partial<SteeringOptions> = {},
  ): Promise<Replayed> => {
    const [baselineUrl, steeredUrl] = servers.map(({ url }) => url);
    const rules = { limitBytes: LIMIT_BYTES, ttl: TTL_RULE, eviction: 'ttl' } as const;
    const caches = await openCaches({ baselineUrl, steeredUrl, speed: undefined, ...rules });
    const aggregator = createAggregator();
    const steering = createSteering({
      ...{ planner, aggregator, limits: DEFAULT_LIMITS, delayMillis: 0, timeoutMillis: 1000 },
      sizeOf: () => VALUE_BYTES,
      isConcurrent: false,
      clock: systemClock,
      signal: new AbortController().signal,
      ...options,
    });
    try {
      return await replayEvents({
        ...{ columns, caches, aggregator, steering, trigger: everyEvents(windowEvents) },
        pace: fullSpeed(windowEvents),
        checkpoint: () => undefined,
        onWindow: () => undefined,
      });
    } finally {
      await caches.close();
    }
  };

  it('lets a plan act from the window after the one it was made from', async () => {
    const columns = eventsOf(
      ['a', 'b', 'c', 'a', 'a', 'c'].map((item, i) => ({ item, timeMillis: i * 1000 })),
    );
    const seen: WindowContext[] = [];
    const wish = { evict: ['item:a'], prefetch: [{ k: 'item:c', ttl: 60 }] };
    const { hits, windows } = await run(columns, 2, scripted([wish], seen));
    expect([...hits.baseline]).toEqual([0, 0, 0, 1, 1, 1]);
    expect([...hits.steered]).toEqual([0, 0, 1, 0, 1, 1]);
    expect(windows.map(({ plan }) => plan?.outcome)).toEqual([
      'carried-out',
      'carried-out',
      undefined,
    ]);
    expect(windows[0].plan).toMatchObject({ evicted: 1, prefetched: 1, passedOver: 0 });
    expect(seen[1]).toMatchObject({ lastPlan: { evicted: 1, prefetched: 1, prefetchedUsed: 1 } });
    expect(windows[1].steered.counts).toMatchObject({ requests: 2, hits: 1, loads: 2 });
  });

  it('answers what textbook caches answer, with and without plans, to the event', async () => {
    const key = fc.nat(12).map((item) => `item:${item}`);
    const wish = fc.record({
      evict: fc.uniqueArray(key, { maxLength: 4 }),
      prefetch: fc.uniqueArray(fc.record({ k: key, ttl: fc.integer({ min: -5, max: 5000 }) }), {
        maxLength: 4,
        selector: ({ k }) => k,
      }),
    });
    const step = fc.record({ gapMillis: fc.nat(300_000), item: fc.nat(12) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 2, maxLength: 120 }),
        fc.array(wish, { maxLength: 12 }),
        fc.integer({ min: 1, max: 20 }),
        async (steps, wishes, windowEvents) => {
          let timeMillis = 0;
          const columns = eventsOf(
            steps.map(({ gapMillis, item }) => {
              timeMillis += gapMillis;
              return { timeMillis, item: String(item) };
            }),
          );
          const { hits } = await run(columns, windowEvents, scripted(wishes));
          expect([...hits.baseline]).toEqual(textbookHits(columns, windowEvents, []));
          expect([...hits.steered]).toEqual(textbookHits(columns, windowEvents, wishes));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('drops a plan that comes too late, and lets one that is late come late', async () => {
    const columns = eventsOf(
      [0, 1, 2, 3, 4, 5].map((second) => ({ item: 'a', timeMillis: second * 1000 })),
    );
    const evict = { evict: ['item:a'], prefetch: [] };
    const late = await run(columns, 2, scripted([evict]), { delayMillis: 2500 });
    expect([...late.hits.steered]).toEqual([0, 1, 1, 1, 0, 1]);
    const lateness = { delayMillis: LONG_MILLIS };
    const farApart = eventsOf([0, 1, LONG_MILLIS + 1000].map((timeMillis) => ({ timeMillis })));
    const { windows } = await run(farApart, 2, scripted([evict]), lateness);
    expect(windows[0].plan?.outcome).toBe('expired');
  });

  it('goes on without a plan where there is none', async () => {
    const columns = eventsOf([{}, {}, {}, {}]);
    const empty: Planner = {
      name: 'empty',
      plan: async () => ({ plan: null, discarded: [{ kind: 'timeout', detail: 'too slow' }] }),
    };
    const { windows } = await run(columns, 2, empty);
    expect(windows[0].plan).toMatchObject({ outcome: 'discarded', detail: 'timeout: too slow' });
    const hanging: Planner = {
      name: 'hanging',
      plan: (_context, { abort }) =>
        new Promise((_, reject) => abort.addEventListener('abort', () => reject(abort.reason))),
    };
    const stuck = await run(columns, 2, hanging, { timeoutMillis: 20 });
    expect(stuck.windows[0].plan).toMatchObject({ outcome: 'discarded' });
    const broken: Planner = { name: 'broken', plan: () => Promise.reject(new Error('a bug')) };
    await expect(run(columns, 2, broken)).rejects.toThrow('a bug');
  });
});

function textbookHits(
  columns: EventColumns,
  windowEvents: number,
  wishes: readonly PlanWish[],
): readonly number[] {
  const cache = new TextbookCache(LIMIT_BYTES, 'ttl');
  const hits: number[] = [];
  for (let i = 0; i < eventCount(columns); i++) {
    const event = eventAt(columns, i);
    const wish = i > 0 && i % windowEvents === 0 ? wishes[i / windowEvents - 1] : undefined;
    if (wish !== undefined) carryOut(cache, wish, event.timeMillis);
    hits.push(cache.request(event) ? 1 : 0);
  }
  return hits;
}

/** What is both to leave and to come comes; times to live are clamped. */
function carryOut(cache: TextbookCache, { evict, prefetch }: PlanWish, timeMillis: number): void {
  cache.expire(timeMillis);
  for (const key of evict) {
    if (!prefetch.some(({ k }) => k === key)) cache.evict(key.slice('item:'.length));
  }
  for (const { k, ttl } of prefetch) {
    const item = k.slice('item:'.length);
    const ttlSeconds = Math.min(3600, Math.max(60, ttl));
    cache.store({ timeMillis, item, sizeBytes: VALUE_BYTES }, ttlSeconds);
  }
}
