import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHintClient, type HintClient } from '../../src/client/index.ts';
import { eventOf, startTestService, type TestService, tokenOf } from '../service/service-kit.ts';

const open: { close: () => unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function serviceWith(count: number): Promise<TestService> {
  const service = await startTestService({ tokens: [tokenOf('secret')] });
  await service.ready;
  open.push(service);
  const events = Array.from({ length: count }, (_, i) =>
    eventOf({ prefix_id: `prefix-${i}`, tenant: i % 2 === 0 ? 'even' : 'odd', bytes: 1000 - i }),
  );
  await service.call('/ingest', { token: 'secret', body: { events } });
  return service;
}

function clientOf(
  url: string,
  more: Partial<Parameters<typeof createHintClient>[0]> = {},
): HintClient {
  const client = createHintClient({ url, token: 'secret', refreshMillis: 10, ...more });
  open.unshift(client);
  return client;
}

/** A service of the test's own. */
async function fakeService(answer: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('createHintClient', () => {
  it('answers from a snapshot that follows the service', async () => {
    const service = await serviceWith(6);
    const client = clientOf(service.url, { question: { top_k: 100 } });
    expect(client.suggest()).toEqual({
      asOf: null,
      hints: [],
      ageMillis: Number.POSITIVE_INFINITY,
    });
    await client.ready;
    const names = (asked = {}) => client.suggest(asked).hints.map(({ prefix_id }) => prefix_id);
    expect(names({ topK: 2 })).toEqual(['prefix-0', 'prefix-1']);
    expect(names({ tenant: 'odd' })).toEqual(['prefix-1', 'prefix-3', 'prefix-5']);
    expect(names({ minScore: 998 })).toEqual(['prefix-0', 'prefix-1', 'prefix-2']);
    const newest = eventOf({ prefix_id: 'newest', bytes: 5000 });
    await service.call('/ingest', { token: 'secret', body: { events: [newest] } });
    await expect.poll(() => names({ topK: 1 })).toEqual(['newest']);
  });

  it('never waits: it answers within the planning window from a service that hangs', async () => {
    const { url } = await fakeService(() => undefined);
    const failures: unknown[] = [];
    const client = clientOf(url, {
      timeoutMillis: 50,
      onFailure: (failure) => failures.push(failure),
    });
    const times: number[] = [];
    const end = performance.now() + 300;
    while (performance.now() < end) {
      const start = performance.now();
      client.suggest({ topK: 100 });
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    times.sort((a, b) => a - b);
    expect(times[Math.floor(times.length * 0.99)]).toBeLessThan(20);
    expect(failures[0]).toMatchObject({ code: 'hint-client.unreachable' });
  });

  it('keeps its last hints while the service is away, and goes on when it is back', async () => {
    let isAway = false;
    let asked = 0;
    const { url } = await fakeService((_, response) => {
      asked++;
      if (isAway)
        response.writeHead(503).end('{"error":{"code":"service.starting","message":"soon"}}');
      else response.end(JSON.stringify({ asOf: asked, hints: [{ prefix_id: 'kept', score: 1 }] }));
    });
    const failures: unknown[] = [];
    const client = clientOf(url, { onFailure: (failure) => failures.push(failure) });
    await client.ready;
    isAway = true;
    await expect.poll(() => failures.length).toBeGreaterThan(1);
    expect(failures[0]).toMatchObject({ code: 'hint-client.refused', details: { status: 503 } });
    const held = client.suggest();
    expect(held.hints).toHaveLength(1);
    isAway = false;
    await expect.poll(() => client.suggest().asOf).toBeGreaterThan(held.asOf ?? 0);
  });

  it.each(['no JSON', '[]', '{}', '{"asOf":null}', '{"hints":[]}', 'null'])(
    'takes %s for no hints',
    async (text) => {
      const { url } = await fakeService((_, response) => response.end(text));
      const client = clientOf(url);
      await expect(client.refresh()).rejects.toMatchObject({ code: 'hint-client.unreadable' });
      expect(client.suggest().hints).toEqual([]);
    },
  );

  it('follows no redirect, so that its token goes nowhere else', async () => {
    let isReached = false;
    const other = await fakeService((_, response) => {
      isReached = true;
      response.end('{"asOf":null,"hints":[]}');
    });
    const { url } = await fakeService((_, response) =>
      response.writeHead(307, { location: `${other.url}/suggest` }).end(),
    );
    await expect(clientOf(url).refresh()).rejects.toMatchObject({
      code: 'hint-client.unreachable',
    });
    expect(isReached).toBe(false);
  });
});

describe('feedback', () => {
  it('is delivered in the background, each item once, though answers are lost', async () => {
    const service = await serviceWith(2);
    let lost = 0;
    const { url } = await fakeService(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      const answer = await service.call(request.url!, {
        token: 'secret',
        ...(body !== '' && { body }),
      });
      if (request.url === '/feedback' && lost++ < 2) response.destroy();
      else response.writeHead(answer.status).end(JSON.stringify(answer.body));
    });
    const client = clientOf(url);
    await client.ready;
    const { prefix_id, tenant, model_id } = client.suggest().hints[0];
    const item = { prefix_id, tenant, model_id, timestamp_ms: Date.now() };
    client.feedback({ ...item, outcome: 'unused' });
    client.feedback({ ...item, outcome: 'used' });
    await expect.poll(() => lost).toBeGreaterThan(2);
    await client.close();
    expect(service.live.stats().feedbacks).toBe(2);
  });

  it('holds so much and no more while the service is away', async () => {
    const { url } = await fakeService((_, response) => response.destroy());
    const failures: unknown[] = [];
    const client = clientOf(url, {
      mostWaiting: 10,
      onFailure: (failure) => failures.push(failure),
    });
    for (let i = 0; i < 30; i++) client.feedback({ ...eventOf(), outcome: 'used' });
    expect(failures).toContainEqual(expect.objectContaining({ code: 'hint-client.outbox-full' }));
  });
});
