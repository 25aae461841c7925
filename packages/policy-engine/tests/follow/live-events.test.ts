import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { hasRedis, startRedis } from '../../../prefix-index/tests/support/redis-server.ts';
import { liveEvents } from '../../src/index.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-engine-events-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Collects events until it is stopped. */
function collect(place: string, { fromStart = false, input = Readable.from([]) } = {}) {
  const abort = new AbortController();
  const events: unknown[] = [];
  const failures: unknown[] = [];
  const onFailure = (failure: unknown): void => void failures.push(failure);
  const ended = (async () => {
    const source = liveEvents({ place, fromStart, input, onFailure, signal: abort.signal });
    for await (const batch of source) events.push(...batch);
  })();
  return {
    events,
    failures,
    ended,
    stop: async () => {
      abort.abort();
      await ended;
    },
  };
}

describe('liveEvents', () => {
  it('reads a pipe to its end, split anywhere, its last line too', async () => {
    const bytes = Buffer.from('{"item":"ä"}\n\nno json\n{"item":"b"}');
    const input = Readable.from([...bytes].map((byte) => Buffer.from([byte])));
    const { events, ended } = collect('-', { input });
    await ended;
    expect(events).toEqual([{ item: 'ä' }, 'no json', { item: 'b' }]);
  });

  it('reads what is appended to a file, and a file that was cut anew', async () => {
    const path = join(folder, 'grows.jsonl');
    writeFileSync(path, '{"item":"old"}\n');
    const followed = collect(path);
    const whole = collect(path, { fromStart: true });
    await until(() => whole.events.length === 1, 'what is there');
    appendFileSync(path, '{"item":');
    appendFileSync(path, '"new"}\n');
    await until(() => followed.events.length === 1, 'what came');
    writeFileSync(path, '{"item":1}\n');
    await until(() => followed.events.length === 2, 'the new file');
    await Promise.all([followed.stop(), whole.stop()]);
    expect(followed.events).toEqual([{ item: 'new' }, { item: 1 }]);
    expect(whole.events).toEqual([{ item: 'old' }, { item: 'new' }, { item: 1 }]);
  });

  it('ends where it was told to stop before it began', async () => {
    const input = new Readable({ read: () => undefined });
    const signal = AbortSignal.abort();
    const onFailure = (): void => undefined;
    const source = liveEvents({ place: '-', fromStart: true, input, onFailure, signal });
    expect(await Array.fromAsync(source)).toEqual([]);
  });

  it('gives up a line that does not end', async () => {
    const input = Readable.from(['x'.repeat(3 * 2 ** 20), 'y\n{"item":"a"}\n']);
    const { events, ended } = collect('-', { input });
    await ended;
    expect(events).toEqual(['a line without end', 'y', { item: 'a' }]);
  });

  it('says that a file is not there', async () => {
    const { ended } = collect(join(folder, 'none'));
    await expect(ended).rejects.toMatchObject({ code: 'follow.cannot-read' });
  });

  it.skipIf(!hasRedis())(
    'reads a stream in order and once, over a restart of its server',
    async () => {
      const server = await startRedis();
      const redis = new Redis(server.url);
      redis.on('error', () => undefined);
      try {
        await redis.xadd('events', '*', 'item', 'old');
        const place = `redis-stream://${server.url.slice('redis://'.length)}/0/events`;
        const followed = collect(place);
        const whole = collect(place, { fromStart: true });
        await until(() => whole.events.length === 1, 'what is there');
        await redis.xadd('events', '*', 'ts', '1', 'item', 'a');
        await redis.xadd('events', '*', 'event', '{"ts":2,"item":"b"}');
        await until(() => followed.events.length === 2, 'what came');
        await server.kill('SIGKILL');
        await until(() => followed.failures.length > 0, 'a failure');
        await server.start();
        await until(async () => (await redis.ping().catch(() => '')) === 'PONG', 'the server');
        await redis.xadd('events', '*', 'item', 'c');
        await until(() => followed.events.length === 3, 'what came after the restart');
        await Promise.all([followed.stop(), whole.stop()]);
        const came = [{ ts: '1', item: 'a' }, { ts: 2, item: 'b' }, { item: 'c' }];
        expect(followed.events).toEqual(came);
        expect(whole.events).toEqual([{ item: 'old' }, ...came]);
      } finally {
        redis.disconnect();
        await server.stop();
      }
    },
  );
});
