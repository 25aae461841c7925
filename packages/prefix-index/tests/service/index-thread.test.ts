import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { systemClock } from '@wavetune/core';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, openLiveIndex } from '../../src/index.ts';
import { openIndexThread, type ServedIndex } from '../../src/service/index.ts';
import type { NumberedChange } from '../../src/service/served-index.ts';
import { eventOf, NOW, serveHere, startTestService } from './service-kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'wavetune-index-thread-'));
afterAll(() => rmSync(folder, { recursive: true }));

const writer = { name: 'w', tenants: undefined };
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const inMemory = { storeUrl: 'memory:', settings: DEFAULT_SETTINGS };

/** The thread that was begun last. */
function nextWorker(): Promise<Worker> {
  return new Promise((resolve) => process.once('worker', resolve));
}

/** What a service may ask, asked of one index. */
async function everything(served: ServedIndex): Promise<unknown> {
  const events = Array.from({ length: 300 }, (_, i) =>
    eventOf({
      prefix_id: `prefix-${i % 70}`,
      tenant: `tenant-${i % 3}`,
      layer: i % 5,
      bytes: 1000 + i,
      timestamp_ms: NOW + i,
    }),
  );
  const [{ prefix_id, tenant, model_id }] = events;
  const item = { prefix_id, tenant, model_id, outcome: 'unused', timestamp_ms: NOW };
  const query = { topK: 20, tenants: ['tenant-0', 'tenant-1'] };
  const named = { prefix_id, tenant, model_id };
  const answers = [
    await served.ingest(writer, bytesOf({ events, batch_id: 'a' })),
    await served.ingest(writer, { events, batch_id: 'a' }),
    await served.feedback(writer, bytesOf({ feedback: [item, { ...item, prefix_id: 'none' }] })),
    (await served.suggest(query)).text.bytes.toString(),
    (
      await served.suggest({ topK: 5, budgetBytes: 2 ** 30, weight: 'requests' })
    ).text.bytes.toString(),
    textOf(await served.explain(named, query)),
    textOf(await served.list({ tenants: undefined, asOfMillis: NOW, offset: 3, limit: 4 })),
    await served.stats(),
    { ...(await served.snapshot()), tookMillis: 0 },
  ];
  return answers.map((answer) => structuredClone(answer));
}

describe('an index in a thread of its own', () => {
  it('answers what one of this thread does', async () => {
    const here = serveHere(await openLiveIndex({ ...inMemory, clock: systemClock }), {
      clock: systemClock,
    });
    const there = await openIndexThread(inMemory);
    expect(await everything(there)).toEqual(await everything(here));
    await Promise.all([here.close(), there.close()]);
  });

  it('tells of a change before it acknowledges it, and an answer says which changes it has', async () => {
    const served = await openIndexThread(inMemory);
    const changes: NumberedChange[] = [];
    const unwatch = served.watch((change) => changes.push(change));
    for (const tenant of ['a', 'b']) {
      await served.ingest(writer, { events: [eventOf({ tenant })], batch_id: undefined });
      expect(changes.at(-1)).toEqual({ number: changes.length, tenants: [tenant] });
      expect((await served.suggest({ topK: 1 })).asOfChange).toBe(changes.length);
    }
    unwatch();
    await served.ingest(writer, { events: [eventOf({ tenant: 'c' })], batch_id: undefined });
    expect(changes).toHaveLength(2);
    await served.close();
  });

  it('refuses with the codes and details of what refused there', async () => {
    const served = await openIndexThread(inMemory);
    const ofOne = { name: 'one', tenants: ['tenant-b'] };
    const refusals: readonly (readonly [Promise<unknown>, object])[] = [
      [served.ingest(writer, Buffer.from('{"events":')), { code: 'http.invalid-json-body' }],
      [served.ingest(writer, Buffer.from([34, 255, 34])), { code: 'http.invalid-json-body' }],
      [
        served.ingest(writer, bytesOf({ events: [{ ...eventOf(), bytes: -1 }] })),
        {
          code: 'service.bad-request',
          details: { issues: [expect.objectContaining({ at: 'events.0.bytes' })] },
        },
      ],
      [
        served.ingest(ofOne, bytesOf({ events: [eventOf()] })),
        { code: 'service.foreign-tenant', details: { caller: 'one' } },
      ],
      [served.suggest({ topK: 0 }), { code: 'prefix-index.bad-option' }],
    ];
    for (const [asked, refusal] of refusals) await expect(asked).rejects.toMatchObject(refusal);
    expect(await served.stats()).toMatchObject({ prefixes: 0, batches: 0 });
    await served.close();
  });

  it('keeps what it acknowledged when it ends by itself, and the service says so', async () => {
    const storeUrl = join(folder, 'index.duckdb');
    const begun = nextWorker();
    const options = { openIndex: () => openIndexThread({ storeUrl, settings: {} }) };
    const service = await startTestService(options);
    await service.ready;
    const body = { events: [eventOf()] };
    expect((await service.call('/ingest', { body })).status).toBe(202);
    const worker = await begun;
    await worker.terminate();
    expect(await service.indexEnded).toMatchObject({ code: 'service.index-lost' });
    expect(service.logged()).toContain('the index has ended by itself');
    expect(await service.call('/metrics')).toMatchObject({ status: 200 });
    expect(await service.call('/readyz')).toMatchObject({ status: 503 });
    expect(await service.call('/ingest', { body })).toMatchObject({
      status: 503,
      body: { error: { code: 'service.index-lost' } },
    });
    await service.close();
    const again = await openIndexThread({ storeUrl, settings: {} });
    expect(await again.stats()).toMatchObject({ prefixes: 1, batches: 1 });
    await again.close();
  });
});
