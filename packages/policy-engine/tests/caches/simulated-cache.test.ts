import { createRng } from '@wavetune/core';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LiveCaches, openCaches } from '../../src/caches/open-caches.ts';
import { type SpawnedServer, spawnRedisServer } from '../../src/caches/spawn-server.ts';
import { TTL_RULE } from '../../src/caches/ttl-rule.ts';
import type { EventColumns } from '../../src/events/event-columns.ts';
import { eventAt, eventCount } from '../../src/events/event-columns.ts';
import { eventsOf } from '../support/event-streams.ts';
import { queueModelHits } from '../support/queue-model.ts';
import { hasRedis } from '../support/redis-servers.ts';
import { TextbookCache } from '../support/textbook-cache.ts';

const requests = fc.array(
  fc.record({
    gapMillis: fc.oneof(fc.constant(0), fc.nat(400_000)),
    item: fc.nat(25),
    sizeBytes: fc.nat(900),
  }),
  { minLength: 1, maxLength: 400 },
);

describe.skipIf(!hasRedis())('a cache by the clock of the trace', () => {
  let server: SpawnedServer;
  beforeAll(async () => {
    server = await spawnRedisServer();
  });
  afterAll(() => server.stop());

  const withCaches = async (
    limitBytes: number,
    eviction: 'ttl' | 'lru',
    work: (caches: LiveCaches) => Promise<void>,
  ): Promise<void> => {
    const urls = { baselineUrl: server.url, steeredUrl: server.url.replace(/0$/, '1') };
    const rules = { limitBytes, eviction, ttl: TTL_RULE, speed: undefined };
    const caches = await openCaches({ ...urls, ...rules });
    try {
      await work(caches);
    } finally {
      await caches.close();
    }
  };
  const whole = (columns: EventColumns) => ({ begin: 0, end: eventCount(columns) });

  it('answers a key until its time to live is over, however often it is asked for', async () => {
    const seconds = [0, 1700, 1800, 1800.001];
    const columns = eventsOf(seconds.map((s) => ({ timeMillis: s * 1000 })));
    await withCaches(10_000, 'ttl', async ({ baseline }) => {
      expect([...(await baseline.serve(columns, whole(columns)))]).toEqual([0, 1, 1, 0]);
      expect(baseline.counts()).toMatchObject({ requests: 4, hits: 2, loads: 2, expirations: 1 });
    });
  });

  it.each(['ttl', 'lru'] as const)(
    'hits what the textbook hits, to the event (%s)',
    async (eviction) => {
      await fc.assert(
        fc.asyncProperty(
          requests,
          fc.integer({ min: 600, max: 9000 }),
          async (steps, limitBytes) => {
            let timeMillis = 0;
            const columns = eventsOf(
              steps.map(({ gapMillis, item, sizeBytes }) => {
                timeMillis += gapMillis;
                return { timeMillis, item: String(item), sizeBytes };
              }),
            );
            const model = new TextbookCache(limitBytes, eviction);
            const expected = steps.map((_, i) => (model.request(eventAt(columns, i)) ? 1 : 0));
            await withCaches(limitBytes, eviction, async ({ baseline, steered }) => {
              expect([...(await baseline.serve(columns, whole(columns)))]).toEqual(expected);
              expect([...(await steered.serve(columns, whole(columns)))]).toEqual(expected);
              expect(baseline.counts().evictions).toBe(model.evictions);
              const { usedBytes, keys } = await baseline.state(timeMillis);
              expect(usedBytes).toBe(model.usedBytes());
              expect(keys.map(({ key }) => key)).toEqual(
                model.held.map(({ item }) => `item:${item}`),
              );
            });
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it('hits what queues in memory hit, over thirty thousand requests under pressure', async () => {
    const rng = createRng(1);
    const columns = eventsOf(
      Array.from({ length: 30_000 }, (_, i) => {
        const item = String(Math.floor(Math.exp(rng.nextFloat() * Math.log(20_000))));
        return { item, timeMillis: i * 250, sizeBytes: 50 + rng.nextBelow(500) };
      }),
    );
    await withCaches(400_000, 'ttl', async ({ baseline }) => {
      const hits = await baseline.serve(columns, whole(columns));
      expect(hits).toEqual(queueModelHits(columns, 400_000));
      expect(baseline.counts().evictions).toBeGreaterThan(1000);
      expect(baseline.counts().expirations).toBeGreaterThan(1000);
    });
  });

  it('carries out plans between events as the textbook does', async () => {
    const columns = eventsOf(
      ['a', 'b', 'a', 'b', 'c'].map((item, i) => ({ item, timeMillis: i * 1000 })),
    );
    await withCaches(10_000, 'ttl', async ({ steered }) => {
      await steered.serve(columns, { begin: 0, end: 2 });
      const prefetch = [{ key: 'item:c', sizeBytes: 100, ttlSeconds: 60 }];
      const evict = ['item:x', 'item:a', 'item:b'];
      const outcome = await steered.apply({ evict, mostEvictions: 1, prefetch }, 1500);
      expect(outcome).toMatchObject({ evicted: ['item:a'], prefetched: ['item:c'] });
      expect([...(await steered.serve(columns, { begin: 2, end: 5 }))]).toEqual([0, 1, 1]);
    });
  });

  it('leaves the server as it was', async () => {
    const redis = new Redis(server.url);
    await withCaches(10_000, 'ttl', async ({ baseline }) => {
      await baseline.serve(eventsOf([{}]), { begin: 0, end: 1 });
      expect(await redis.dbsize()).toBe(1);
      expect(await redis.config('GET', 'maxmemory')).not.toContain('0');
    });
    expect(await redis.dbsize()).toBe(0);
    expect(await redis.config('GET', 'maxmemory')).toContain('0');
    redis.disconnect();
  });

  it('has a server for itself while it lasts', async () => {
    const other = new Redis(server.url.replace(/0$/, '7'));
    await other.client('SETNAME', 'cache-policy:elsewhere:1');
    await expect(withCaches(1000, 'ttl', async () => {})).rejects.toMatchObject({
      code: 'cache.taken',
      message: expect.stringContaining('elsewhere:1'),
    });
    expect(await other.config('GET', 'maxmemory')).toContain('0');
    await other.quit();
    await withCaches(1000, 'ttl', async () => {});
  });

  it('refuses a database that is not empty, one place for both, and answers that are not its own', async () => {
    const redis = new Redis(server.url);
    const urls = { baselineUrl: server.url, steeredUrl: server.url };
    const rules = { limitBytes: 1000, eviction: 'ttl', ttl: TTL_RULE, speed: undefined } as const;
    await expect(openCaches({ ...urls, ...rules })).rejects.toMatchObject({
      code: 'cache.same-place',
    });
    const alias = server.url.replace('127.0.0.1', 'localhost');
    await expect(openCaches({ ...urls, ...rules, steeredUrl: alias })).rejects.toMatchObject({
      code: 'cache.same-place',
    });
    await redis.set('mine', '1');
    await expect(withCaches(1000, 'ttl', async () => {})).rejects.toMatchObject({
      code: 'cache.not-empty',
    });
    await redis.del('mine');
    const meddled = withCaches(1000, 'ttl', async ({ baseline }) => {
      await redis.set('item:a', 'x');
      await baseline.serve(eventsOf([{ item: 'a' }]), { begin: 0, end: 1 });
    });
    await expect(meddled).rejects.toMatchObject({ code: 'cache.disagrees' });
    await expect(
      openCaches({ ...urls, ...rules, steeredUrl: 'redis://127.0.0.1:1/0' }),
    ).rejects.toMatchObject({
      code: 'cache.unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    const stranger = server.url.replace('//', '//nobody:wrong@').replace(/0$/, '1');
    await expect(openCaches({ ...urls, ...rules, steeredUrl: stranger })).rejects.toMatchObject({
      code: 'cache.unreachable',
      message: expect.stringContaining('WRONGPASS'),
    });
    for (const database of ['999', 'zero', '0?db=3']) {
      const steeredUrl = server.url.replace(/0$/, database);
      await expect(openCaches({ ...urls, ...rules, steeredUrl })).rejects.toMatchObject({
        code: 'cache.unreachable',
      });
    }
    redis.disconnect();
  });
});
