import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@wavetune/core';
import { decodeCachePlan } from '@wavetune/documents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hasRedis,
  type RedisServer,
  startRedis,
} from '../../../prefix-index/tests/support/redis-server.ts';
import {
  AGGREGATOR_DEFAULTS,
  type CachePlan,
  createAggregator,
  createPlanner,
  createRemoteSteering,
  everyEvents,
  followEvents,
  followOutcomes,
  openCaches,
  type Planner,
  TTL_RULE,
  type WindowContext,
  type WindowRecord,
} from '../../src/index.ts';
import { runExecutor } from '../support/executors.ts';
import { until } from '../support/until.ts';

/** Users who ask for the same ten items, then for ten others once `settled` says so. */
async function* traffic(
  windows: number,
  settled: (window: number) => Promise<void>,
): AsyncGenerator<readonly unknown[]> {
  for (let window = 0; window < windows; window++) {
    const events = Array.from({ length: 100 }, (_, i) => ({
      ts: 1000 * window + i,
      user: `u${i % 7}`,
      action: 'click',
      item: `${window}-${i % 10}`,
    }));
    yield events;
    await settled(window);
  }
}

describe.skipIf(!hasRedis())('following live events', () => {
  const servers: RedisServer[] = [];
  beforeAll(async () => {
    servers.push(...(await Promise.all([startRedis(), startRedis(), startRedis()])));
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  /** Follows five windows with a planner, beside an executor that is there or not. */
  async function followFive(plan: Planner['plan'], hasExecutor: boolean, isWaitedFor: boolean) {
    const [baselineUrl, steeredUrl, waysUrl] = servers.map(({ url }) => `${url}/0`);
    const plansUrl = `redis-stream://${waysUrl.slice('redis://'.length)}/plans-${Math.random()}`;
    const executor = await runExecutor(hasExecutor ? steeredUrl : waysUrl, plansUrl);
    const abort = new AbortController();
    const rules = { limitBytes: 2 ** 26, ttl: TTL_RULE, eviction: 'ttl' } as const;
    const caches = await openCaches({ baselineUrl, steeredUrl, speed: 1, ...rules });
    const aggregator = createAggregator(AGGREGATOR_DEFAULTS);
    const outcomes = await followOutcomes(steeredUrl);
    const windows: WindowRecord[] = [];
    const settled = (window: number): Promise<void> =>
      isWaitedFor
        ? until(async () => (await executor.metric('plans_total')) === window + 1, 'a plan')
        : sleep(100);
    try {
      const followed = await followEvents({
        events: traffic(5, settled),
        parsing: { requestActions: [], valueBytes: 100, clock: systemClock },
        ...{ caches, aggregator },
        trigger: everyEvents(100),
        steering: createRemoteSteering({
          planner: { name: 'test', plan },
          ...{ aggregator, outcomes, transport: executor.plans },
          timeoutMillis: 200,
          clock: systemClock,
          signal: abort.signal,
          onFailure: () => undefined,
        }),
        onWindow: (window) => windows.push(window),
        onBadEvent: () => undefined,
      });
      return { followed, windows };
    } finally {
      abort.abort();
      await executor.close();
      await outcomes.close();
      await caches.close();
    }
  }

  /** Knows which items come next. */
  const foresight =
    (seen: WindowContext[]): Planner['plan'] =>
    async (context) => {
      seen.push(context);
      const next = Array.from({ length: 10 }, (_, i) => `item:${context.window + 1}-${i}`);
      return {
        plan: {
          schema: 'cache-plan/1',
          id: `window ${context.window} at ${performance.now()}`,
          window: context.window,
          created: context.toMillis,
          expires: context.toMillis + 10_000,
          evict: [`item:${context.window}-0`],
          prefetch: next.map((k) => ({ k, ttl: 300 })),
        },
        discarded: [],
      };
    };

  it('turns what is known of the future into hits, and tells the planner what came of it', async () => {
    const seen: WindowContext[] = [];
    const { followed, windows } = await followFive(foresight(seen), true, true);
    expect(followed).toEqual({ events: 500, badEvents: 0, windows: 5 });
    expect(windows.map(({ baseline }) => baseline.counts.hits)).toEqual([90, 90, 90, 90, 90]);
    expect(windows.map(({ steered }) => steered.counts.hits)).toEqual([90, 100, 100, 100, 100]);
    expect(seen.map(({ lastPlan }) => lastPlan?.prefetchedUsed)).toEqual([
      undefined,
      10,
      10,
      10,
      10,
    ]);
    expect(windows[0].plan).toMatchObject({ outcome: 'carried-out', evicted: 1, prefetched: 10 });
  });

  it.each([
    ['the executor dead', foresight([]), false],
    ['the planner silent', () => new Promise<never>(() => undefined), true],
  ])('goes on as the baseline does with %s', async (_, plan, hasExecutor) => {
    const slow: Planner['plan'] = (context, signal) =>
      Promise.race([
        plan(context, signal),
        new Promise<never>((_resolve, reject) => {
          signal.abort.addEventListener('abort', () => reject(signal.abort.reason));
        }),
      ]);
    const { windows } = await followFive(slow, hasExecutor, false);
    expect(windows.map(({ steered }) => steered.counts.hits)).toEqual([90, 90, 90, 90, 90]);
    expect(windows.some(({ plan: record }) => record?.outcome === 'carried-out')).toBe(false);
  });
});

describe('a steering from afar', () => {
  it('sends the same answer, when events are followed again, as another plan', async () => {
    const sent: CachePlan[] = [];
    for (const nowMillis of [1000, 2000]) {
      const aggregator = createAggregator(AGGREGATOR_DEFAULTS);
      const steering = createRemoteSteering({
        ...{ planner: createPlanner('none'), aggregator, timeoutMillis: 1000 },
        transport: {
          name: 'here',
          publish: async (text) => void sent.push(decodeCachePlan(text)),
          consume: async () => undefined,
          close: async () => undefined,
        },
        outcomes: { next: async () => [], close: async () => undefined },
        clock: { nowMillis: () => nowMillis, monotonicMillis: () => nowMillis },
        signal: new AbortController().signal,
        onFailure: () => undefined,
      });
      steering.endWindow('events', { usedBytes: 0, limitBytes: 1, serverBytes: 0, keys: [] });
      await steering.close();
    }
    expect(sent.map(({ created, expires }) => [created, expires])).toEqual([
      [1000, 301_000],
      [2000, 302_000],
    ]);
    expect(sent[0].id).not.toBe(sent[1].id);
  });
});

describe('a steering that closes', () => {
  it('gives up a plan that cannot be sent', async () => {
    const aggregator = createAggregator(AGGREGATOR_DEFAULTS);
    const failures: unknown[] = [];
    const steering = createRemoteSteering({
      planner: createPlanner('none'),
      aggregator,
      transport: {
        name: 'nowhere',
        publish: () => Promise.reject(new Error('away')),
        consume: async () => undefined,
        close: async () => undefined,
      },
      outcomes: { next: async () => [], close: async () => undefined },
      timeoutMillis: 1000,
      clock: systemClock,
      signal: new AbortController().signal,
      onFailure: (failure) => failures.push(failure),
    });
    const record = steering.endWindow('events', {
      ...{ usedBytes: 0, limitBytes: 1, serverBytes: 0, keys: [] },
    });
    await steering.close();
    expect(record).toMatchObject({ outcome: 'expired', detail: 'it could not be sent' });
    expect(failures.length).toBeGreaterThan(1);
  });
});
