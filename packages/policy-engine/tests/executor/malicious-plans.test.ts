import { systemClock } from '@wavetune/core';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hasRedis,
  type RedisServer,
  startRedis,
} from '../../../prefix-index/tests/support/redis-server.ts';
import { carryOut } from '../../src/executor/carry-out.ts';
import { handlePlan } from '../../src/executor/handle-plan.ts';
import { OWN_KEYS } from '../../src/executor/plan-limits.ts';
import { type CachePlan, DEFAULT_LIMITS } from '../../src/index.ts';
import { VALUES } from '../support/executors.ts';
import { planOf, textOf } from '../support/plans.ts';

/** In the cache before every plan; none may ever be touched. */
const TRAPS = [
  'user:1',
  'item',
  'items:1',
  'Item:1',
  ' item:1',
  '*',
  'item:',
  '__proto__',
  'cache-policy:other',
  'session:item:1',
  'item\0:1',
];
/** In the cache, and any plan's to touch. */
const ITEMS = Array.from({ length: 60 }, (_, i) => `item:${i}`);
const SEED = [...TRAPS, ...ITEMS];

const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ITEMS) },
  { weight: 2, arbitrary: fc.constantFrom(...TRAPS, ...Object.values(OWN_KEYS)) },
  fc.constantFrom(
    'item:*',
    'item:[0-9]',
    'item:?',
    '*',
    '?',
    'item:1\n',
    'item:\u202e1',
    'item:1 ',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }).map((rest) => `item:${rest}`),
  fc.constantFrom(...TRAPS).map((trap) => `item:1\r\nDEL ${trap}`),
  fc.nat(2000).map((length) => `item:${'k'.repeat(length)}`),
);
const ttl = fc.oneof(
  fc.double(),
  fc.integer({ min: -10, max: 10_000 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -0),
);
const value = fc.option(fc.string({ maxLength: 20 }));
const wish: fc.Arbitrary<Pick<CachePlan, 'evict' | 'prefetch'>> = fc.record({
  evict: fc.array(key, { maxLength: 80 }),
  prefetch: fc.array(fc.record({ k: key, v: value, ttl }), { maxLength: 80 }),
});

/** A plan's text that was damaged here and there. */
const damaged = fc
  .tuple(
    wish,
    fc.array(
      fc.tuple(
        fc.nat(5000),
        fc.nat(3),
        fc.constantFrom(
          '',
          '"',
          ',',
          '}',
          ']',
          '1e999',
          '-',
          'null',
          '"item:7"',
          '"user:1"',
          '\\u0000',
        ),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([{ evict, prefetch }, edits]) => {
    const finite = prefetch.map((entry) => ({
      ...entry,
      ttl: Number.isFinite(entry.ttl) ? entry.ttl : 9,
    }));
    const text = JSON.stringify({ ...planOf(), evict, prefetch: finite });
    return edits.reduce((so, [at, cut, into]) => {
      const place = at % (so.length + 1);
      return so.slice(0, place) + into + so.slice(place + cut);
    }, text);
  });

interface Place {
  readonly value: string | null;
  readonly ttlMillis: number;
}

describe.skipIf(!hasRedis())('no plan, whatever it says,', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(`${server.url}/1`);
    await redis.config('SET', 'appendonly', 'no');
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  async function seed(): Promise<void> {
    const work = redis.multi().flushdb();
    for (const name of SEED) work.set(name, `seed of ${name}`);
    await work.exec();
  }

  async function contents(): Promise<ReadonlyMap<string, Place>> {
    const own: readonly string[] = Object.values(OWN_KEYS);
    const names = (await redis.keys('*')).filter((name) => !own.includes(name));
    const work = redis.pipeline();
    for (const name of names) work.get(name).pttl(name);
    const answers = ((await work.exec()) ?? []).map(([, answer]) => answer);
    return new Map(
      names.map((name, i) => [
        name,
        { value: answers[2 * i] as string | null, ttlMillis: Number(answers[2 * i + 1]) },
      ]),
    );
  }

  /** What the law says of the cache after one plan. */
  function expectWithinLimits(after: ReadonlyMap<string, Place>): void {
    const { mostEvictions, mostPrefetches, leastTtlSeconds, mostTtlSeconds } = DEFAULT_LIMITS;
    const isTouched = (name: string): boolean => after.get(name)?.value !== `seed of ${name}`;
    const touched = [...after.keys()].filter((name) => isTouched(name) || !SEED.includes(name));
    const gone = SEED.filter((name) => !after.has(name));
    const foreign = [...touched, ...gone].filter((name) => !/^item:./su.test(name));
    expect(foreign).toEqual([]);
    expect(TRAPS.filter(isTouched)).toEqual([]);
    expect(gone.length).toBeLessThanOrEqual(mostEvictions);
    expect(touched.length).toBeLessThanOrEqual(mostPrefetches);
    for (const name of touched) {
      const { value: found = null, ttlMillis = 0 } = after.get(name) ?? {};
      expect(found).toBe(`value of ${name}`);
      expect(ttlMillis).toBeGreaterThan(1000 * leastTtlSeconds - 5000);
      expect(ttlMillis).toBeLessThanOrEqual(1000 * mostTtlSeconds);
    }
    for (const [name, { ttlMillis }] of after) {
      if (!touched.includes(name)) expect(ttlMillis).toBe(-1);
    }
  }

  it('touches a foreign key, exceeds a cap or leaves a lifetime outside the clamp', async () => {
    let number = 0;
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(wish, async (wanted) => {
        await seed();
        const plan = { ...planOf({ id: `p${number++}` }), ...wanted };
        const times = { nowMillis: 1000, forgetMillis: 2000 };
        const receipt = await carryOut(plan, {
          redis,
          values: VALUES,
          limits: DEFAULT_LIMITS,
          ...times,
        });
        const after = await contents();
        expectWithinLimits(after);
        const { evicted, prefetched } = receipt;
        expect(SEED.filter((name) => !after.has(name))).toHaveLength(evicted);
        changed += evicted + prefetched;
      }),
      { numRuns: 400 },
    );
    expect(changed).toBeGreaterThan(1000);
  });

  it('does so as a damaged text either', async () => {
    const kinds = new Map<string, number>();
    const ignore = (): void => undefined;
    const report = { onReceipt: ignore, onExpired: ignore, onPoison: ignore, onFailure: ignore };
    const tools = { redis, values: VALUES, limits: DEFAULT_LIMITS, clock: systemClock, report };
    await fc.assert(
      fc.asyncProperty(damaged, async (text) => {
        await seed();
        const { signal } = new AbortController();
        const { kind } = await handlePlan(text, { ...tools, signal });
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        expectWithinLimits(await contents());
      }),
      { numRuns: 400 },
    );
    expect(Math.min(kinds.get('done') ?? 0, kinds.get('poison') ?? 0)).toBeGreaterThan(20);
  });

  it('goes beyond a cap of nothing', async () => {
    await seed();
    const limits = { ...DEFAULT_LIMITS, mostEvictions: 0, mostPrefetches: 0 };
    const prefetch = [{ k: 'item:new', ttl: 60 }];
    const plan = planOf({ evict: ITEMS, prefetch });
    const times = { nowMillis: 1000, forgetMillis: 2000 };
    const receipt = await carryOut(plan, { redis, values: VALUES, limits, ...times });
    expect([receipt.evicted, receipt.prefetched]).toEqual([0, 0]);
    expect((await contents()).size).toBe(SEED.length);
  });

  it('is forgotten while it could come again, and one with a hostile id is known by it', async () => {
    await seed();
    const id = '\r\nFLUSHALL\0"\'*';
    const plan = planOf({ id, evict: ['item:1'] });
    expect(textOf(plan)).toContain('FLUSHALL');
    const tools = { redis, values: VALUES, limits: DEFAULT_LIMITS, nowMillis: 1, forgetMillis: 9 };
    const outcomes = [
      await carryOut(plan, tools),
      await carryOut(plan, { ...tools, nowMillis: 9 }),
    ];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['carried-out', 'known']);
  });
});
