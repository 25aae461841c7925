import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccess } from '../../src/service/access.ts';
import { callGrpc, type GrpcCaller, openGrpc } from './grpc-kit.ts';
import { eventOf, NOW, startTestService, type TestService, tokenOf } from './service-kit.ts';

const TOKENS = [
  tokenOf('secret-a', { name: 'planner-a', tenants: ['tenant-a'], actions: ['read', 'write'] }),
  tokenOf('secret-b', { name: 'planner-b', tenants: ['tenant-b'], actions: ['read', 'write'] }),
  tokenOf('secret-ops', { name: 'ops' }),
  tokenOf('secret-reader', { name: 'reader', tenants: ['tenant-a'], actions: ['read'] }),
];

let service: TestService;
let grpc: GrpcCaller;

beforeAll(async () => {
  service = await startTestService({
    tokens: TOKENS,
    grpcPort: 0,
    limits: { requestsPerSecond: 1e6, strangersPerSecond: 1e6 },
  });
  await service.ready;
  grpc = await openGrpc(service.grpcPort!);
  const events = ['tenant-a', 'tenant-b'].flatMap((tenant) =>
    ['shared-name', `only-${tenant}`].map((prefix_id) => eventOf({ tenant, prefix_id })),
  );
  const taken = await service.call('/ingest', { token: 'secret-ops', body: { events } });
  expect(taken.status).toBe(202);
});
afterAll(async () => {
  grpc.close();
  await service.close();
});

const asA = (path: string, more: { body?: unknown; headers?: Record<string, string> } = {}) =>
  service.call(path, { token: 'secret-a', ...more });

describe('a token of tenant-a', () => {
  it('sees its own prefixes alone, whatever it leaves out', async () => {
    for (const path of [
      '/suggest?top_k=100',
      '/snapshot',
      '/suggest?tenant=tenant-a&budget=1GiB',
    ]) {
      const { status, body } = await asA(path);
      expect(status).toBe(200);
      expect(JSON.stringify(body), path).toContain('only-tenant-a');
      expect(JSON.stringify(body), path).not.toContain('tenant-b');
    }
    const { body } = await asA('/explain?prefix_id=shared-name');
    expect(body).toMatchObject({ entry: { tenant: 'tenant-a' }, of: 2 });
  });

  it('is refused another tenant in query, path, body and headers, and learns nothing of it', async () => {
    const foreign = [
      await asA('/suggest?tenant=tenant-b'),
      await asA('/suggest?tenant=nobody'),
      await asA('/snapshot?tenant=tenant-b'),
      await asA('/explain?prefix_id=only-tenant-b&tenant=tenant-b&model_id=llama-3.1-8b'),
      await asA('/explain?prefix_id=only-tenant-b&tenant=tenant-b'),
      await asA('/ingest', { body: { events: [eventOf(), eventOf({ tenant: 'tenant-b' })] } }),
      await asA('/feedback', {
        body: { feedback: [{ ...eventOf({ tenant: 'tenant-b' }), outcome: 'unused' }] },
      }),
    ];
    const [first, ...others] = foreign.map(({ status, body }) => ({ status, body }));
    expect(first).toMatchObject({
      status: 403,
      body: { error: { code: 'service.foreign-tenant' } },
    });
    for (const other of others) expect(other).toEqual(first);
    for (const path of [
      '/suggest/tenant-b',
      '/tenant-b/suggest',
      '/suggest;tenant=tenant-b',
      '//suggest',
    ]) {
      expect((await asA(path)).status, path).toBe(404);
    }
    const headers = {
      'x-tenant': 'tenant-b',
      'x-tenant-id': 'tenant-b',
      tenant: 'tenant-b',
      'x-forwarded-user': 'ops',
    };
    const { body } = await asA('/suggest?top_k=100', { headers });
    expect(JSON.stringify(body)).not.toContain('tenant-b');
    const unseen = await asA('/explain?prefix_id=only-tenant-b');
    expect(unseen.body).toMatchObject({ verdict: 'unknown', entry: null, rank: null });
  });

  it('takes nothing of a batch of which it may not take all', async () => {
    const before = service.live.stats();
    await asA('/ingest', {
      body: { events: [eventOf({ prefix_id: 'half' }), eventOf({ tenant: 'tenant-b' })] },
    });
    expect(service.live.stats()).toEqual(before);
  });

  it('cannot use up the batch ids of another', async () => {
    const batch = (tenant: string) => ({
      body: { batch_id: 'monday', events: [eventOf({ tenant, prefix_id: 'by batch id' })] },
    });
    expect((await asA('/ingest', batch('tenant-a'))).body).toMatchObject({ ingested: 1 });
    const other = await service.call('/ingest', { token: 'secret-b', ...batch('tenant-b') });
    expect(other.body).toMatchObject({ ingested: 1, outcome: 'applied' });
  });

  it("does not learn from its own hints that another tenant's time goes on", async () => {
    const later = eventOf({
      tenant: 'tenant-b',
      prefix_id: 'later',
      timestamp_ms: NOW + 3_600_000,
    });
    await service.call('/ingest', { token: 'secret-b', body: { events: [later] } });
    expect((await asA('/suggest')).body).toMatchObject({ asOf: NOW });
  });

  it('is held to its actions', async () => {
    const reader = (path: string, body?: object) =>
      service.call(path, { token: 'secret-reader', ...(body && { body }) });
    expect((await reader('/suggest')).status).toBe(200);
    expect((await reader('/ingest', { events: [eventOf()] })).status).toBe(403);
    expect((await asA('/metrics')).status).toBe(403);
    expect((await asA('/snapshot', { body: {} })).status).toBe(403);
    expect((await service.call('/metrics', { token: 'secret-ops' })).status).toBe(200);
  });
});

describe('a token over gRPC', () => {
  it('sees and writes what it does over HTTP', async () => {
    const own = await callGrpc(grpc, 'Suggest', { top_k: 100 }, { token: 'secret-a' });
    expect(JSON.stringify(own)).toContain('only-tenant-a');
    expect(JSON.stringify(own)).not.toContain('tenant-b');
  });

  it.each([
    ['Suggest', { tenant: 'tenant-b' }],
    ['Explain', { prefix_id: 'only-tenant-b', question: { tenant: 'tenant-b' } }],
    ['Ingest', { events: [eventOf({ tenant: 'tenant-b' })] }],
    ['Feedback', { feedback: [{ ...eventOf({ tenant: 'tenant-b' }), outcome: 'unused' }] }],
  ])('is refused another tenant by %s', async (call, message) => {
    await expect(callGrpc(grpc, call, message, { token: 'secret-a' })).rejects.toMatchObject({
      code: 7,
      wavetuneCode: 'service.foreign-tenant',
    });
  });

  it('reads no tenant off the metadata', async () => {
    const metadata = { 'x-tenant': 'tenant-b', tenant: 'tenant-b' };
    const own = await callGrpc(grpc, 'Suggest', {}, { token: 'secret-a', metadata });
    expect(JSON.stringify(own)).not.toContain('tenant-b');
  });

  it.each(['Suggest', 'Ingest', 'Feedback', 'Explain', 'Snapshot'])(
    'is asked for by %s',
    async (call) => {
      const refusal = { code: 16, wavetuneCode: 'service.no-token' };
      await expect(callGrpc(grpc, call, {}, {})).rejects.toMatchObject(refusal);
      await expect(callGrpc(grpc, call, {}, { token: 'guess' })).rejects.toMatchObject(refusal);
    },
  );
});

describe('createAccess', () => {
  it('knows a token by its digest, and nothing else by any name', () => {
    const access = createAccess(TOKENS);
    expect(access.callerOf('Bearer secret-a')?.name).toBe('planner-a');
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!TOKENS.some(({ name }) => text.includes(name)) && !text.includes('secret-'));
        for (const header of [
          text,
          `Bearer ${text}`,
          `Bearer ${TOKENS[0].sha256}`,
          `Basic ${text}`,
        ]) {
          expect(access.callerOf(header)).toBeUndefined();
        }
      }),
    );
  });

  it('lets everybody in where there are no tokens', () => {
    expect(createAccess([])).toMatchObject({ isOpen: true });
    expect(createAccess([]).callerOf(undefined)?.tenants).toBeUndefined();
  });
});

describe('without a token', () => {
  it('nothing is answered but whether the service lives', async () => {
    for (const path of ['/suggest', '/explain?prefix_id=x', '/snapshot', '/metrics']) {
      for (const headers of [{}, { authorization: 'Bearer ' }, { authorization: 'secret-a' }]) {
        const { status, body } = await service.call(path, { headers });
        expect({ status, body }, path).toMatchObject({
          status: 401,
          body: { error: { code: 'service.no-token' } },
        });
      }
    }
    expect((await service.call('/healthz')).status).toBe(200);
    expect((await service.call('/readyz')).status).toBe(200);
  });
});

describe('tokens compared', () => {
  it('take the same time whatever a guess has in common with one', () => {
    const access = createAccess([tokenOf('0123456789abcdef'.repeat(4))]);
    const guess = (common: number) =>
      `Bearer ${'0123456789abcdef'.repeat(4).slice(0, common)}${'~'.repeat(64 - common)}`;
    const nanosOf = (header: string) => {
      const start = process.hrtime.bigint();
      access.callerOf(header);
      return Number(process.hrtime.bigint() - start);
    };
    const pairs = Array.from({ length: 6000 }, () => [nanosOf(guess(0)), nanosOf(guess(63))]);
    const median = (at: number) => pairs.map((pair) => pair[at]).sort((a, b) => a - b)[3000];
    const [none, most] = [median(0), median(1)];
    expect(Math.abs(none - most) / none).toBeLessThan(0.5);
  });
});
