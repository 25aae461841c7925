import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LiveIndex, openLiveIndex } from '../src/index.ts';
import { event, sayingsOf } from './support/deltas.ts';
import { fixedClock } from './support/fixed-clock.ts';
import { hasRedis, type RedisServer, startRedis } from './support/redis-server.ts';

const clock = fixedClock(1e12);
const open = (storeUrl: string): Promise<LiveIndex> =>
  openLiveIndex({ storeUrl, settings: {}, clock });
const sayings = (live: LiveIndex) => sayingsOf([live.index().totals().columns()]);

const isRedisThere = hasRedis();
describe.skipIf(!isRedisThere)('live indexes over one Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('show each other what they took, and nothing twice', async () => {
    const url = `${redis.url}/0?namespace=shared`;
    const [a, b] = await Promise.all([open(url), open(url)]);
    const heard = new Promise<void>((resolve) => {
      b.watch(() => {
        if (b.stats().batches === 2) resolve();
      });
    });
    await a.ingest({ id: 'one', events: [event()] });
    await a.ingest({ id: 'two', events: [event({ prefix_id: 'p2' })] });
    await heard;
    expect((await b.ingest({ id: 'one', events: [event()] })).outcome).toBe('known');
    expect(sayings(b)).toEqual(sayings(a));
    await a.prune(0);
    await b.ingest({ id: 'three', events: [event()] });
    await Promise.all([a.close(), b.close()]);
    const c = await open(url);
    expect(c.stats()).toMatchObject({ prefixes: 2, batches: 3 });
    await c.close();
  });

  it('refuse a database that the server has not, and write to no other', async () => {
    await expect(open(`${redis.url}/99?namespace=elsewhere`)).rejects.toMatchObject({
      code: 'index-store.unreachable',
    });
    const client = new Redis(redis.url);
    expect(await client.keys('elsewhere*')).toEqual([]);
    client.disconnect();
  });

  it('refuse while it is away, and lose nothing over its kill and start', async () => {
    const url = `${redis.url}/0?namespace=restarted`;
    const live = await open(url);
    await live.ingest({ id: 'one', events: [event()] });
    await redis.kill('SIGKILL');
    const refused = live.ingest({ id: 'two', events: [event()] });
    await expect(refused).rejects.toMatchObject({ code: 'index-store.unreachable' });
    await expect(open(url)).rejects.toMatchObject({ code: 'index-store.unreachable' });
    expect(live.suggest({ topK: 1 }).hints).toHaveLength(1);
    await sleep(600);
    await redis.start();
    await expect
      .poll(() => live.ingest({ id: 'two', events: [event()] }).catch(() => undefined), {
        timeout: 10_000,
      })
      .toMatchObject({ outcome: 'applied' });
    expect(live.stats()).toMatchObject({ prefixes: 1, batches: 2 });
    await live.close();
  });

  it('say so where changes of others were missed, and load them when opened again', async () => {
    const url = `${redis.url}/0?namespace=lost`;
    const failures: unknown[] = [];
    const onFailure = (failure: unknown) => failures.push(failure);
    const late = await openLiveIndex({ storeUrl: url, settings: {}, clock, onFailure });
    await late.ingest({ id: 'one', events: [event()] });
    const before = new Redis(redis.url);
    await before.hset('{lost}:store', 'trimmed_to', '99999999999999-0');
    before.disconnect();
    await redis.kill('SIGKILL');
    await redis.start();
    await expect.poll(() => failures, { timeout: 10_000 }).toHaveLength(1);
    expect(failures[0]).toMatchObject({ code: 'index-store.unreachable-too-long' });
    const refused = late.ingest({ id: 'two', events: [event()] });
    await expect(refused).rejects.toMatchObject({ code: 'index-store.unreachable-too-long' });
    await late.close();
    const after = new Redis(redis.url);
    await after.hdel('{lost}:store', 'trimmed_to');
    after.disconnect();
    const again = await open(url);
    expect(again.stats().batches).toBe(2);
    await again.close();
  });
});
