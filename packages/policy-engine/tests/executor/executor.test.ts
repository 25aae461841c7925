import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  hasRedis,
  type RedisServer,
  startRedis,
} from '../../../prefix-index/tests/support/redis-server.ts';
import { carryOut } from '../../src/executor/carry-out.ts';
import { createExecutorLog, DEFAULT_LIMITS } from '../../src/index.ts';
import { type RunningExecutor, runExecutor, VALUES } from '../support/executors.ts';
import { planOf, textOf } from '../support/plans.ts';
import { until } from '../support/until.ts';

describe.skipIf(!hasRedis())('an executor', () => {
  let server: RedisServer;
  let redis: Redis;
  let executor: RunningExecutor;
  const run = (options: Parameters<typeof runExecutor>[2] = {}): Promise<RunningExecutor> =>
    runExecutor(
      `${server.url}/1`,
      `redis-stream://${server.url.slice('redis://'.length)}/2/cache-plan`,
      options,
    );
  const outcomes = async (): Promise<readonly (readonly string[])[]> =>
    (await redis.xrange('cache-policy:outcomes', '-', '+')).map(([, fields]) => fields);

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(`${server.url}/1`);
    redis.on('error', () => undefined);
  });
  beforeEach(() => redis.flushall());
  afterEach(() => executor?.close());
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  it('evicts and loads in one step, with values of the catalog', async () => {
    await redis.mset('item:old', 'x', 'item:kept', 'y', 'user:1', 'z');
    executor = await run();
    const prefetch = [{ k: 'item:new', v: 'of an LLM', ttl: 300 }];
    await executor.plans.publish(textOf(planOf({ evict: ['item:old', 'user:1'], prefetch })));
    await until(async () => (await outcomes()).length === 1, 'an outcome');
    expect(await redis.mget('item:old', 'item:kept', 'user:1', 'item:new')).toEqual([
      null,
      'y',
      'z',
      'value of item:new',
    ]);
    expect(await redis.ttl('item:new')).toBeGreaterThan(295);
    expect((await outcomes())[0]).toEqual([
      'id',
      'p1',
      'window',
      '0',
      'evicted',
      'item:old',
      'prefetched',
      'item:new',
    ]);
  });

  it('caps what is left after filtering: absent keys and keys without a value take no place', async () => {
    const keys = Array.from({ length: 40 }, (_, i) => `item:${i}`);
    await redis.mset(keys.flatMap((key) => [key, 'x']));
    executor = await run();
    const absent = Array.from({ length: 30 }, (_, i) => `item:absent-${i}`);
    const prefetch = [
      ...Array.from({ length: 30 }, (_, i) => ({ k: `item:${i}?`, ttl: 60 })),
      ...Array.from({ length: 30 }, (_, i) => ({ k: `item:new-${i}`, ttl: 60 })),
    ];
    await executor.plans.publish(textOf(planOf({ evict: [...absent, ...keys], prefetch })));
    await until(async () => (await outcomes()).length === 1, 'an outcome');
    const left = (await redis.keys('item:*')).sort();
    const loaded = Array.from({ length: 20 }, (_, i) => `item:new-${i}`);
    expect(left).toEqual([...keys.slice(20), ...loaded].sort());
    expect(await executor.metric('passed_over_total', 'over-cap')).toBe(30);
    expect(await executor.metric('passed_over_total', 'no-value')).toBe(30);
  });

  it('carries a plan out once, however often it comes and whoever gets it', async () => {
    executor = await run();
    const text = textOf(planOf({ prefetch: [{ k: 'item:a', ttl: 60 }] }));
    await executor.plans.publish(text);
    await until(async () => (await outcomes()).length === 1, 'an outcome');
    await redis.del('item:a');
    await executor.close();
    executor = await run();
    await executor.plans.publish(text);
    await executor.plans.publish(text);
    await until(async () => (await executor.metric('plans_total', 'known')) === 2, 'two known');
    expect([await redis.exists('item:a'), (await outcomes()).length]).toEqual([0, 1]);
  });

  it('forgets ids of plans only when they have long expired', async () => {
    executor = await run();
    const expires = Date.now() + 60_000;
    await redis.zadd('cache-policy:carried-out', '1000', 'of 1970');
    await executor.plans.publish(textOf(planOf({ expires })));
    await until(async () => (await outcomes()).length === 1, 'an outcome');
    const kept = await redis.zrange('cache-policy:carried-out', '0', '-1', 'WITHSCORES');
    expect(kept).toEqual(['p1', String(expires + 300_000)]);
  });

  it('drops what has expired, and lets no plan live longer than a day', async () => {
    executor = await run();
    const longAgo = Date.now() - 2 * 86_400_000;
    await executor.plans.publish(textOf(planOf({ id: 'late', expires: Date.now() - 1 })));
    const patient = { id: 'patient', created: longAgo, expires: Number.MAX_SAFE_INTEGER };
    await executor.plans.publish(textOf(planOf(patient)));
    await until(async () => (await executor.metric('plans_total', 'expired')) === 2, 'two expired');
    expect(await outcomes()).toEqual([]);
  });

  it.each([
    ['no JSON', 'evict item:1 please', 'not-json'],
    ['another version', '{"schema":"cache-plan/2"}', 'unknown-version'],
    ['a lifetime in words', textOf(planOf()).replace('[]', '"all"'), 'invalid'],
    ['a plan of the future', textOf(planOf({ created: Date.now() + 1e9 })), 'after the executor'],
    ['a million keys', `{"evict":["${Array(1e6).fill('item:1').join('","')}"]}`, 'characters'],
  ])('sets %s aside and goes on', async (_, text, reason) => {
    executor = await run();
    await executor.plans.publish(text);
    await executor.plans.publish(textOf(planOf()));
    await until(async () => (await outcomes()).length === 1, 'the next plan');
    const plans = new Redis(`${server.url}/2`);
    const dead = await plans.xrange('cache-plan:dead', '-', '+');
    plans.disconnect();
    expect(dead[0][1][3]).toContain(reason);
    expect(await executor.metric('plans_total', 'poison')).toBe(1);
  });

  it('tries again until values can be had, and lets nothing overtake', async () => {
    let isBroken = true;
    const find = async (key: string): Promise<string> => {
      if (isBroken) throw new Error('the catalog is away');
      return key;
    };
    executor = await run({ values: { valueOf: find } });
    const prefetch = [{ k: 'item:a', ttl: 60 }];
    await executor.plans.publish(textOf(planOf({ prefetch })));
    await executor.plans.publish(textOf(planOf({ id: 'p2' })));
    await until(async () => (await executor.metric('failures_total', 'cache')) > 1, 'two failures');
    expect(await outcomes()).toEqual([]);
    isBroken = false;
    await until(async () => (await outcomes()).length === 2, 'both plans');
    expect((await outcomes()).map(([, id]) => id)).toEqual(['p1', 'p2']);
  });

  it('carries a plan out on a cache that is full and evicts nothing by itself', async () => {
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.config('SET', 'maxmemory', '1mb');
    try {
      await expect(redis.set('item:refused', 'x')).rejects.toThrow('OOM');
      const prefetch = [{ k: 'item:a', ttl: 60 }];
      const direct = { redis, values: VALUES, limits: DEFAULT_LIMITS };
      const times = { nowMillis: 1000, forgetMillis: 2000 };
      const receipt = await carryOut(planOf({ prefetch }), { ...direct, ...times });
      expect([receipt.outcome, receipt.prefetched]).toEqual(['carried-out', 1]);
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
  });

  it('answers health and metrics', async () => {
    executor = await run();
    const health = (): Promise<Response> => fetch(`http://127.0.0.1:${executor.port}/healthz`);
    await until(async () => (await health()).status === 200, 'health');
    expect(await (await health()).json()).toEqual({
      status: 'ok',
      plans: 'connected',
      cache: 'connected',
    });
    expect(await executor.metric('connected')).toBe(2);
  });

  it('waits for a server that is away, and says so', async () => {
    executor = await run();
    const health = async (): Promise<number> =>
      (await fetch(`http://127.0.0.1:${executor.port}/healthz`)).status;
    await until(async () => (await health()) === 200, 'health');
    await server.kill('SIGKILL');
    await until(async () => (await health()) === 503, 'no health');
    await server.start();
    await until(async () => (await health()) === 200, 'health again');
    await executor.plans.publish(textOf(planOf()));
    await until(async () => (await outcomes()).length === 1, 'an outcome');
  });

  it('touches no database but the one it was given, not even where there is none', async () => {
    const elsewhere = new Redis(`${server.url}/0`);
    await elsewhere.set('item:a', 'not the cache');
    const way = `redis-stream://${server.url.slice('redis://'.length)}/2/cache-plan`;
    executor = await runExecutor(`${server.url}/999`, way);
    await executor.plans.publish(textOf(planOf({ evict: ['item:a'] })));
    await until(async () => (await executor.metric('failures_total', 'cache')) > 0, 'a failure');
    const health = await fetch(`http://127.0.0.1:${executor.port}/healthz`);
    expect(await health.json()).toMatchObject({ plans: 'connected', cache: 'reconnecting' });
    expect(await elsewhere.get('item:a')).toBe('not the cache');
    elsewhere.disconnect();
  });

  it('says once of each server that it is away, also of one that never was there', async () => {
    const lines: string[] = [];
    const log = createExecutorLog('warn', { write: (line) => void lines.push(line) });
    const nowhere = 'redis-stream://127.0.0.1:1/0/plans';
    executor = await runExecutor('redis://127.0.0.1:1/0', nowhere, { log });
    await until(async () => (await executor.metric('failures_total', 'plans')) > 2, 'failures');
    const said = lines.map((line) => JSON.parse(line).msg).sort();
    expect(said).toEqual(['plans are out of reach', 'the cache is out of reach']);
  });

  it('finishes the plan that is under way before it closes', async () => {
    const values = { valueOf: (key: string) => sleep(300, key) };
    executor = await run({ values });
    await executor.plans.publish(textOf(planOf({ prefetch: [{ k: 'item:a', ttl: 60 }] })));
    await sleep(150);
    await executor.close();
    expect(await outcomes()).toHaveLength(1);
    const plans = new Redis(`${server.url}/2`);
    expect((await plans.xpending('cache-plan', 'g'))[0]).toBe(0);
    plans.disconnect();
  });
});
