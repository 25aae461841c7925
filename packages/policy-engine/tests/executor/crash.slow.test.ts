import { setTimeout as sleep } from 'node:timers/promises';
import { createRng, systemClock } from '@wavetune/core';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { hasRedis, startRedis } from '../../../prefix-index/tests/support/redis-server.ts';
import { openTransport } from '../../src/index.ts';
import { runExecutor } from '../support/executors.ts';
import { hasKafka, startKafka } from '../support/kafka-broker.ts';
import {
  checkCarriedOut,
  killAll,
  planUntilStopped,
  serveUntilStopped,
  spawnExecutor,
} from '../support/killed-executor.ts';
import { planOf, textOf } from '../support/plans.ts';
import { until } from '../support/until.ts';

/** A way of plans whose server can be killed. */
interface Way {
  readonly url: string;
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

async function redisWay(): Promise<Way> {
  const server = await startRedis();
  const url = `redis-stream://${server.url.slice('redis://'.length)}/0/cache-plan`;
  return { ...server, url };
}

async function kafkaWay(): Promise<Way> {
  const broker = await startKafka();
  return { ...broker, url: `kafka://${broker.address}/cache-plan` };
}

const WAYS = [
  { name: 'a Redis stream', isThere: hasRedis(), open: redisWay, kills: [12, 16, 16], pause: 40 },
  {
    name: 'a Kafka topic',
    isThere: hasRedis() && hasKafka(),
    open: kafkaWay,
    kills: [3, 4, 5],
    pause: 40,
  },
];

describe.each(WAYS)('plans by way of $name', ({ isThere, open, kills, pause }) => {
  it.skipIf(!isThere)(
    'are carried out once and all, whatever is killed, and the other cache never waits',
    async () => {
      const [cache, baseline, way] = await Promise.all([startRedis(), startRedis(), open()]);
      const redis = new Redis(`${cache.url}/1`);
      redis.on('error', () => undefined);
      const words = [`${cache.url}/1`, way.url];
      const executors = [await spawnExecutor(words), await spawnExecutor(words)];
      const consumer = 'planner';
      const options = { group: 'g', consumer, takeOverMillis: 1000, clock: systemClock };
      const plans = await openTransport(way.url, options);
      try {
        const traffic = serveUntilStopped(baseline.url);
        const planning = planUntilStopped(plans, pause);
        const victims = [
          ...executors.map((executor) => ({ name: 'executor', kills: kills[0], ...executor })),
          { name: 'cache', kills: kills[1], ...cache, kill: () => cache.kill('SIGKILL') },
          { name: 'way', kills: kills[2], ...way, kill: () => way.kill('SIGKILL') },
        ];
        await killAll(victims, createRng(20261121));
        await planning.stop();
        await checkCarriedOut(redis, planning.sent());
        await Promise.all(executors.map((executor) => executor.kill()));
        const before = traffic.requests();
        await sleep(1000);
        const withoutAll = traffic.requests() - before;
        const { longestMillis } = await traffic.stop();
        console.log(
          `2 × ${kills.join(' + ')} kills of two executors, cache and way: ${planning.sent()} plans, each once; ` +
            `${before} requests of the other cache meanwhile, the longest ${longestMillis.toFixed(0)} ms; ` +
            `${withoutAll} a second with planner and executor dead`,
        );
        expect(planning.sent()).toBeGreaterThan(200);
        expect(Math.min(before, 10 * withoutAll)).toBeGreaterThan(1000);
      } finally {
        await Promise.all(executors.map((executor) => executor.kill()));
        redis.disconnect();
        await plans.close();
        await Promise.all([cache.stop(), baseline.stop(), way.stop()]);
      }
    },
    240_000,
  );
});

describe.skipIf(!hasRedis())('a cache that hangs', () => {
  it('is given up after a while and gets the plan once when it goes on', async () => {
    const [cache, way] = await Promise.all([startRedis(), redisWay()]);
    const redis = new Redis(`${cache.url}/1`);
    const pid = Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
    const executor = await runExecutor(`${cache.url}/1`, way.url);
    try {
      await until(async () => (await executor.metric('connected')) === 2, 'health');
      process.kill(pid, 'SIGSTOP');
      const prefetch = [{ k: 'item:a', ttl: 60 }];
      await executor.plans.publish(textOf(planOf({ prefetch })));
      await until(async () => (await executor.metric('failures_total', 'cache')) > 0, 'a failure');
      process.kill(pid, 'SIGCONT');
      await until(async () => (await executor.metric('plans_total')) === 1, 'the plan');
      expect(await redis.xlen('cache-policy:outcomes')).toBe(1);
      expect(await redis.get('item:a')).toBe('value of item:a');
    } finally {
      process.kill(pid, 'SIGCONT');
      await executor.close();
      redis.disconnect();
      await Promise.all([cache.stop(), way.stop()]);
    }
  });
});
