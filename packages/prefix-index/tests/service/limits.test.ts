import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { LiveIndex } from '../../src/index.ts';
import { liveError } from '../../src/live/live-errors.ts';
import { toDiskFailure } from '../../src/log/disk-failure.ts';
import { createAdmission } from '../../src/service/admission.ts';
import { openIndexThread, type ServedIndex, startService } from '../../src/service/index.ts';
import { createRateLimit } from '../../src/service/rate-limit.ts';
import {
  eventOf,
  openTestIndex,
  serveTestIndex,
  startTestService,
  type TestService,
  tokenOf,
} from './service-kit.ts';

let service: TestService | undefined;

afterEach(async () => {
  await service?.close();
  service = undefined;
});

/** What becomes of a failed write. */
function refusalBy(code: string): unknown {
  const failure = Object.assign(new Error(code), { code, syscall: 'write' });
  return toDiskFailure('/data/index.log', failure);
}

/** An index whose ingestion is the test's own. */
async function indexThat(ingest: LiveIndex['ingest']): Promise<LiveIndex> {
  return { ...(await openTestIndex()), ingest };
}

function moving() {
  let nowMillis = 0;
  return {
    clock: { nowMillis: () => Date.now(), monotonicMillis: () => nowMillis },
    advance: (millis: number) => {
      nowMillis += millis;
    },
  };
}

describe('a store that takes nothing', () => {
  it.each([
    ['a full disk', refusalBy('ENOSPC'), 503, '1'],
    ['a read-only disk', refusalBy('EROFS'), 503, '1'],
    [
      'a queue that is full',
      liveError('live-index.busy', { queuedBytes: 9, retryAfterMillis: 2000 }),
      429,
      '2',
    ],
  ])(
    'is told for %s, without the names of files, and answers go on',
    async (_, failure, status, retryAfter) => {
      let isFailing = true;
      const real = await openTestIndex();
      const live = await indexThat((batch) =>
        isFailing ? Promise.reject(failure) : real.ingest(batch),
      );
      service = await startTestService({ live: { ...live, suggest: real.suggest } });
      await service.ready;
      const batch = { body: { events: [eventOf()] } };
      const refused = await service.call('/ingest', batch);
      expect(refused.status).toBe(status);
      expect(refused.headers.get('retry-after')).toBe(retryAfter);
      expect(JSON.stringify(refused.body)).not.toContain('/data');
      expect((await service.call('/suggest')).status).toBe(200);
      isFailing = false;
      expect((await service.call('/ingest', batch)).body).toMatchObject({ ingested: 1 });
    },
  );
});

describe('back-pressure', () => {
  it('sends requests away when too much is under way, and loses none that it took', async () => {
    const real = await openTestIndex();
    const gate = Promise.withResolvers<void>();
    const live = await indexThat(async (batch) => {
      await gate.promise;
      return real.ingest(batch);
    });
    service = await startTestService({ live, limits: { pendingBytes: 1000 } });
    await service.ready;
    const { call } = service;
    const sent = Array.from({ length: 12 }, (_, i) =>
      call('/ingest', { body: { events: [eventOf({ prefix_id: `prefix-${i}` })] } }),
    );
    const early = await Promise.race(sent);
    expect(early.status).toBe(429);
    expect(early.headers.get('retry-after')).toBe('1');
    gate.resolve();
    const answers = await Promise.all(sent);
    const taken = answers.filter(({ status }) => status === 202).length;
    expect(taken).toBeGreaterThan(0);
    expect(taken + answers.filter(({ status }) => status === 429).length).toBe(12);
    expect(real.stats().prefixes).toBe(taken);
    expect((await call('/ingest', { body: { events: [eventOf()] } })).status).toBe(202);
  });

  it('counts the body of a caller who has hung up until what it asked for is done', async () => {
    const real = await openTestIndex();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const live = await indexThat(async (batch) => {
      begun.resolve();
      await gate.promise;
      return real.ingest(batch);
    });
    service = await startTestService({ live, limits: { pendingBytes: 300 } });
    await service.ready;
    const { call, url } = service;
    const body = { events: [eventOf()] };
    const hangUp = new AbortController();
    const sent = fetch(`${url}/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: hangUp.signal,
    });
    await begun.promise;
    hangUp.abort();
    await expect(sent).rejects.toThrow();
    await sleep(50);
    expect((await call('/ingest', { body })).status).toBe(429);
    gate.resolve();
    await expect.poll(async () => (await call('/ingest', { body })).status).toBe(202);
  });

  it('lets one request in that is larger than everything', () => {
    const admission = createAdmission(10);
    const leave = admission.enter(50);
    expect(() => admission.enter(1)).toThrow(expect.objectContaining({ code: 'service.busy' }));
    leave();
    leave();
    expect(admission.pendingBytes()).toBe(0);
  });
});

describe('the rate limit', () => {
  it('gives each caller its own, and says when to come again', () => {
    const { clock, advance } = moving();
    const limit = createRateLimit(10, clock);
    for (let i = 0; i < 10; i++) limit.take('a', 1);
    expect(() => limit.take('a', 1)).toThrow(
      expect.objectContaining({ code: 'service.rate-limited', details: { retryAfterMillis: 100 } }),
    );
    limit.take('b', 1);
    advance(100);
    limit.take('a', 1);
    expect(() => limit.take('a', 1)).toThrow(
      expect.objectContaining({ code: 'service.rate-limited' }),
    );
  });

  it('counts what a question costs: another weight or time, a budget, many hints', async () => {
    const { clock, advance } = moving();
    service = await startTestService({ clock, limits: { requestsPerSecond: 60 } });
    await service.ready;
    for (const asked of ['weight=requests', 'as_of=1', 'budget=1GiB', 'top_k=10000']) {
      expect((await service.call(`/suggest?${asked}`)).status).toBe(200);
      expect((await service.call('/suggest?top_k=5')).status).toBe(200);
      expect((await service.call(`/suggest?${asked}`)).status).toBe(429);
      advance(1000);
    }
  });

  it('holds callers to it over HTTP, and slows those who guess tokens', async () => {
    const { clock } = moving();
    service = await startTestService({
      clock,
      tokens: [tokenOf('secret')],
      limits: { requestsPerSecond: 3, strangersPerSecond: 2 },
    });
    await service.ready;
    const { call } = service;
    const statuses = async (token: string) => {
      const answers = [];
      for (let i = 0; i < 4; i++) answers.push((await call('/suggest', { token })).status);
      return answers;
    };
    expect(await statuses('guess')).toEqual([401, 401, 429, 429]);
    expect(await statuses('secret')).toEqual([200, 200, 200, 429]);
  });
});

describe('credits', () => {
  it("bound a tenant's hints by bytes a window, and count a hint once while it holds", async () => {
    const { clock, advance } = moving();
    service = await startTestService({
      clock,
      credits: { windowBytes: 10_000, windowMillis: 1000 },
    });
    await service.ready;
    const { call } = service;
    const events = [0, 1, 2, 3].map((i) =>
      eventOf({ prefix_id: `prefix-${i}`, bytes: 4096, timestamp_ms: Date.now() - 1000 * i }),
    );
    await call('/ingest', { body: { events } });
    const names = async () => {
      const { body } = await call('/suggest?tenant=tenant-a');
      return (body as { hints: { prefix_id: string }[] }).hints.map(({ prefix_id }) => prefix_id);
    };
    const first = await names();
    expect(first).toHaveLength(2);
    expect(await names()).toEqual(first);
    advance(1000);
    expect(await names()).toHaveLength(4);
  });
});

describe('where the service listens', () => {
  const options = { port: 0, tokens: [], clock: moving().clock, openIndex: serveTestIndex };
  it('is this machine alone, unless there are tokens', async () => {
    service = await startTestService();
    await service.ready;
    const { log } = { log: undefined as never };
    for (const host of ['0.0.0.0', '::', '192.168.1.7', 'example.org', '127.evil.example']) {
      await expect(startService({ ...options, host, log })).rejects.toMatchObject({
        code: 'service.unsafe-bind',
      });
    }
  });

  it('is told where the port is taken', async () => {
    service = await startTestService();
    const taken = startTestService({ port: service.port });
    await expect(taken).rejects.toMatchObject({ code: 'service.cannot-listen' });
  });

  it('answers without tokens only under the names of this machine', async () => {
    service = await startTestService();
    await service.ready;
    const { status } = await hostCall(service.port, 'rebound.example');
    expect(status).toBe(421);
    expect((await hostCall(service.port, 'localhost')).status).toBe(200);
  });
});

/** A request under another host's name, which fetch would not send. */
async function hostCall(port: number, host: string): Promise<{ status: number | undefined }> {
  const { get } = await import('node:http');
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/suggest', headers: { host } }, (response) => {
      response.resume();
      resolve({ status: response.statusCode });
    }).on('error', reject);
  });
}

describe('the life of a service', () => {
  it('says that it is starting until the index is read', async () => {
    const opened = Promise.withResolvers<ServedIndex>();
    service = await startTestService({ openIndex: () => opened.promise });
    expect((await service.call('/healthz')).status).toBe(200);
    expect(await service.call('/readyz')).toMatchObject({
      status: 503,
      body: { status: 'starting' },
    });
    const early = await service.call('/suggest');
    expect(early).toMatchObject({ status: 503, body: { error: { code: 'service.starting' } } });
    opened.resolve(await serveTestIndex());
    await service.ready;
    expect(await service.call('/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it('fails to be ready where the index cannot be read', async () => {
    const failing = await startTestService({
      openIndex: () => openIndexThread({ storeUrl: 'ftp://nowhere', settings: {} }),
    });
    await expect(failing.ready).rejects.toMatchObject({ code: 'index-store.unknown-url' });
    await failing.close();
  });

  it('answers what is under way before it closes, and closes the index last', async () => {
    const real = await openTestIndex();
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const live: LiveIndex = {
      ...real,
      ingest: async (batch) => {
        await gate.promise;
        // By now the connections that were idle are closed.
        await new Promise((resolve) => setTimeout(resolve, 50));
        order.push('ingested');
        return real.ingest(batch);
      },
      close: async () => {
        order.push('closed');
        await real.close();
      },
    };
    const closing = await startTestService({ live });
    await closing.ready;
    const sent = closing.call('/ingest', { body: { events: [eventOf()] } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = closing.close();
    gate.resolve();
    const { status, headers } = await sent;
    expect(status).toBe(202);
    expect(headers.get('connection')).toBe('close');
    await closed;
    expect(order).toEqual(['ingested', 'closed']);
    await expect(closing.call('/healthz')).rejects.toThrow();
  });

  it('does not wait for ever for a request that does not end', async () => {
    const live = await indexThat(() => new Promise(() => undefined));
    const closing = await startTestService({ live, limits: { graceMillis: 100 } });
    await closing.ready;
    const sent = closing.call('/ingest', { body: { events: [eventOf()] } });
    sent.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await closing.close();
    await expect(sent).rejects.toThrow();
  });
});
