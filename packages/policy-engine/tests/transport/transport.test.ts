import { systemClock } from '@wavetune/core';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hasRedis,
  type RedisServer,
  startRedis,
} from '../../../prefix-index/tests/support/redis-server.ts';
import { openTransport, type PlanTransport, type Verdict } from '../../src/index.ts';
import { hasKafka, type KafkaBroker, startKafka } from '../support/kafka-broker.ts';
import { until } from '../support/until.ts';

const TAKE_OVER_MILLIS = 1000;

function open(url: string, consumer = 'a'): Promise<PlanTransport> {
  const clock = systemClock;
  return openTransport(url, { group: 'g', consumer, takeOverMillis: TAKE_OVER_MILLIS, clock });
}

interface Taken {
  readonly texts: string[];
  readonly failures: unknown[];
  stop(): Promise<void>;
}

/** Takes deliveries until it is stopped. */
function take(
  transport: PlanTransport,
  handle: (text: string) => Promise<Verdict> = async () => ({ kind: 'done' }),
): Taken {
  const texts: string[] = [];
  const failures: unknown[] = [];
  const abort = new AbortController();
  const ended = transport.consume({
    signal: abort.signal,
    onReady: () => undefined,
    onFailure: (failure) => failures.push(failure),
    handle: (text) => {
      texts.push(text);
      return handle(text);
    },
  });
  return {
    texts,
    failures,
    stop: async () => {
      abort.abort();
      await ended;
    },
  };
}

interface Server {
  readonly url: (stream: string) => string;
  readonly deadLetters: (stream: string) => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

async function redisTransport(): Promise<Server> {
  const server: RedisServer = await startRedis();
  const redis = new Redis(server.url, { db: 3 });
  return {
    url: (stream) => `redis-stream://${server.url.slice('redis://'.length)}/3/${stream}`,
    deadLetters: async (stream) =>
      (await redis.xrange(`${stream}:dead`, '-', '+')).map(([, fields]) => fields.join(' ')),
    stop: async () => {
      redis.disconnect();
      await server.stop();
    },
  };
}

async function kafkaTransport(): Promise<Server> {
  const broker: KafkaBroker = await startKafka();
  const url = (topic: string) => `kafka://${broker.address}/${topic}`;
  return {
    url,
    deadLetters: async (topic) => {
      const transport = await open(url(`${topic}.dead`), 'undertaker');
      const dead = take(transport);
      await until(() => dead.texts.length > 0, 'a dead letter');
      await dead.stop();
      await transport.close();
      return dead.texts;
    },
    stop: broker.stop,
  };
}

const KINDS = [
  { kind: 'a Redis stream', isThere: hasRedis(), start: redisTransport },
  { kind: 'a Kafka topic', isThere: hasKafka(), start: kafkaTransport },
];

describe.each(KINDS)('plans by way of $kind', ({ isThere, start }) => {
  describe.skipIf(!isThere)('(real server)', () => {
    let server: Server;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server?.stop());

    it('delivers what was sent before anybody listened and after, once and in order', async () => {
      const transport = await open(server.url('order'));
      for (const text of ['1', '2', '3']) await transport.publish(text);
      const taken = take(transport);
      await until(() => taken.texts.length === 3, 'three plans');
      await transport.publish('4');
      await until(() => taken.texts.length === 4, 'the fourth');
      await taken.stop();
      const again = take(transport);
      await transport.publish('5');
      await until(() => again.texts.includes('5'), 'the fifth');
      await again.stop();
      await transport.close();
      expect([taken.texts, again.texts]).toEqual([['1', '2', '3', '4'], ['5']]);
    });

    it('delivers again what nobody was done with, before what came later', async () => {
      const transport = await open(server.url('again'));
      let isBroken = true;
      const taken = take(transport, async () => {
        if (isBroken) throw new Error('not now');
        return { kind: 'done' };
      });
      await transport.publish('1');
      await transport.publish('2');
      await until(() => taken.texts.length > 1, 'a second try');
      expect(new Set(taken.texts)).toEqual(new Set(['1']));
      isBroken = false;
      await until(() => taken.texts.includes('2'), 'the plan behind it');
      await taken.stop();
      await transport.close();
      expect(taken.texts.slice(-2)).toEqual(['1', '2']);
    });

    it('gives another consumer what one left behind', async () => {
      const url = server.url('left');
      const first = await open(url, 'a');
      const leaving = take(first, () => Promise.reject(new Error('going')));
      await first.publish('1');
      await until(() => leaving.texts.length > 0, 'the first try');
      await leaving.stop();
      await first.close();
      const second = await open(url, 'b');
      const taken = take(second);
      await until(() => taken.texts.length > 0, 'the plan that was left');
      await taken.stop();
      await second.close();
      expect(taken.texts).toEqual(['1']);
    });

    it('sets poison aside with its reason and goes on', async () => {
      const transport = await open(server.url('poison'));
      const taken = take(transport, async (text) =>
        text === 'bad' ? { kind: 'poison', reason: 'it is bad' } : { kind: 'done' },
      );
      await transport.publish('bad');
      await transport.publish('good');
      await until(() => taken.texts.includes('good'), 'the good plan');
      await taken.stop();
      await transport.close();
      expect(taken.texts).toEqual(['bad', 'good']);
      expect((await server.deadLetters('poison')).join()).toContain('bad');
    });
  });
});

describe('openTransport', () => {
  it.each([
    ['http://x/y', 'it begins with neither'],
    ['redis-stream://127.0.0.1:6379/plans', 'the number of a database'],
    ['redis-stream://127.0.0.1:6379/0', 'one name of a stream'],
    ['kafka://127.0.0.1/plans', 'it takes host:port'],
    ['kafka://user:secret@127.0.0.1:9092/plans', 'it takes host:port'],
    ['kafka://127.0.0.1:9092/a/b', 'it takes host:port'],
  ])('refuses %s', async (url, reason) => {
    await expect(open(url)).rejects.toMatchObject({
      code: 'transport.bad-url',
      message: expect.stringContaining(reason),
    });
  });

  it('names no password', async () => {
    const failure = await open('redis-stream://u:secret@h:1/x/y').catch((error) => error);
    expect(failure.message).not.toContain('secret');
  });

  it.skipIf(!hasRedis())('says that nobody answers', async () => {
    const transport = await open('redis-stream://127.0.0.1:1/0/plans');
    await expect(transport.publish('x')).rejects.toMatchObject({ code: 'transport.unreachable' });
    await transport.close();
  });
});
