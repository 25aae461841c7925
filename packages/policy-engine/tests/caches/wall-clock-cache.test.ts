import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCaches } from '../../src/caches/open-caches.ts';
import { type SpawnedServer, spawnRedisServer } from '../../src/caches/spawn-server.ts';
import { TTL_RULE } from '../../src/caches/ttl-rule.ts';
import { eventsOf } from '../support/event-streams.ts';
import { hasRedis } from '../support/redis-servers.ts';

describe.skipIf(!hasRedis())('a cache by the wall clock', () => {
  let servers: readonly SpawnedServer[];
  beforeAll(async () => {
    servers = [await spawnRedisServer(), await spawnRedisServer()];
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
  });

  const open = (limitBytes: number, speed: number) => {
    const [baselineUrl, steeredUrl] = servers.map(({ url }) => url);
    const rules = { limitBytes, ttl: TTL_RULE, eviction: 'ttl' } as const;
    return openCaches({ baselineUrl, steeredUrl, speed, ...rules });
  };

  it('leaves expiry to Redis, sped up, and plans to one transaction', async () => {
    const { baseline, steered, close } = await open(2 ** 24, 10_000);
    const columns = eventsOf(['a', 'a', 'b', 'a'].map((item) => ({ item })));
    expect([...(await baseline.serve(columns, { begin: 0, end: 4 }))]).toEqual([0, 1, 0, 1]);
    await steered.serve(columns, { begin: 0, end: 1 });
    const prefetch = [{ key: 'item:c', sizeBytes: 5, ttlSeconds: 3600 }];
    const evict = ['item:x', 'item:a'];
    const outcome = await steered.apply({ evict, mostEvictions: 1, prefetch }, 0);
    expect(outcome).toMatchObject({ evicted: ['item:a'], prefetched: ['item:c'] });
    const { keys } = await steered.state(0);
    expect(keys).toMatchObject([{ key: 'item:c', sizeBytes: 5 }]);
    expect(keys[0].ttlLeftSeconds).toBeGreaterThan(0);
    await sleep(250);
    expect([...(await baseline.serve(columns, { begin: 3, end: 4 }))]).toEqual([0]);
    await close();
  });

  it('leaves eviction to Redis, under real pressure', async () => {
    const { baseline, close } = await open(2 ** 22, 1);
    const many = Array.from({ length: 8000 }, (_, i) => ({ item: String(i), sizeBytes: 1000 }));
    await baseline.serve(eventsOf(many), { begin: 0, end: 8000 });
    const { usedBytes, limitBytes } = await baseline.state(0);
    expect(usedBytes).toBeLessThan(1.2 * limitBytes);
    expect(baseline.counts().evictions).toBeGreaterThan(1000);
    await close();
  });

  it('loads nothing of a plan, and goes on, where no memory is left for a value', async () => {
    const { steered, close } = await open(2 ** 16, 1);
    await steered.serve(eventsOf([{ item: 'a', sizeBytes: 10 }]), { begin: 0, end: 1 });
    const prefetch = [{ key: 'item:b', sizeBytes: 2 ** 24, ttlSeconds: 3600 }];
    const full = { evict: ['item:x'], mostEvictions: 1, prefetch: [...prefetch, ...prefetch] };
    expect(await steered.apply(full, 0)).toMatchObject({ evicted: [] });
    const outcome = await steered.apply({ evict: [], mostEvictions: 1, prefetch }, 0);
    expect(outcome.prefetched).toEqual([]);
    expect(steered.counts().loads).toBe(4);
    await close();
  });

  it('refuses two databases of one server, whose memory is one', async () => {
    const [{ url }] = servers;
    const rules = { limitBytes: 1000, ttl: TTL_RULE, eviction: 'ttl', speed: 1 } as const;
    const second = url.replace(/0$/, '1');
    for (const steeredUrl of [second, second.replace('127.0.0.1', 'localhost')]) {
      await expect(openCaches({ baselineUrl: url, steeredUrl, ...rules })).rejects.toMatchObject({
        code: 'cache.shared-server',
      });
    }
  });
});
