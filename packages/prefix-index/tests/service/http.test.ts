import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  entryList,
  explanation,
  feedbackReceipt,
  ingestReceipt,
  snapshotReceipt,
  suggestion,
} from '../../src/service/answer-schemas.ts';
import { eventOf, NOW, startTestService, type TestService } from './service-kit.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
  await service.ready;
});
afterAll(() => service.close());

const ingest = (body: object) => service.call('/ingest', { body });

describe('the calls over HTTP', () => {
  it('takes events, and then suggests, explains and lists what they were of', async () => {
    const taken = await ingest({ events: [eventOf(), eventOf({ layer: 1 })], batch_id: 'first' });
    expect(taken).toMatchObject({ status: 202, body: { ingested: 2, outcome: 'applied' } });
    const { status, body } = await service.call('/suggest?top_k=5&tenant=tenant-a');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      asOf: NOW,
      hints: [
        {
          prefix_id: 'system-prompt',
          tenant: 'tenant-a',
          model_id: 'llama-3.1-8b',
          score: 8192,
          hits: 2,
          layers: [
            { layer: 0, page_start: 0, page_end: 3 },
            { layer: 1, page_start: 0, page_end: 3 },
          ],
          hint: expect.stringContaining('system-prompt'),
        },
      ],
    });
    const why = await service.call('/explain?prefix_id=system-prompt');
    expect(why.body).toMatchObject({ verdict: 'suggested', rank: 1, of: 1 });
  });

  it('counts a batch once, however often it comes', async () => {
    const again = await ingest({ events: [eventOf(), eventOf({ layer: 1 })], batch_id: 'first' });
    expect(again).toMatchObject({ status: 202, body: { ingested: 0, outcome: 'known' } });
    const batch = { events: [eventOf({ prefix_id: 'other' })] };
    expect((await ingest(batch)).body).toMatchObject({ ingested: 1 });
    expect((await ingest(batch)).body).toMatchObject({ ingested: 0, outcome: 'known' });
  });

  it('takes feedback of prefixes that it knows, and says which it does not', async () => {
    const item = { ...eventOf(), outcome: 'unused', cost_ms: 3 };
    const { status, body } = await service.call('/feedback', {
      body: { feedback: [{ ...item, prefix_id: 'never seen' }, item] },
    });
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 1, refused: [{ index: 0 }] });
    const why = await service.call('/explain?prefix_id=system-prompt&tenant=tenant-a');
    expect(why.body).toMatchObject({ entry: { feedback: { count: 1, mean_cost_ms: 3 } } });
  });

  it('leaves out events of the far future, and takes the others of their batch', async () => {
    const late = eventOf({ timestamp_ms: Date.now() + 3 * 86_400_000 });
    const mixed = await ingest({ events: [late, eventOf({ prefix_id: 'beside a late one' })] });
    expect(mixed).toMatchObject({ status: 202, body: { ingested: 1, refused: [{ index: 0 }] } });
    expect((await ingest({ events: [late] })).status).toBe(422);
  });

  it('reads budgets, ages and times as people write them', async () => {
    const asked = new URLSearchParams({
      budget: '8GiB',
      max_age: '7d',
      as_of: '2026-11-21T01:00:00Z',
      min_score: '1',
      weight: 'requests',
    });
    const { status, body } = await service.call(`/suggest?${asked}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ asOf: NOW + 3_600_000 });
  });

  it('names no prefix that the index has forgotten', async () => {
    const question = '/suggest?tenant=old-and-new';
    const old = eventOf({ tenant: 'old-and-new', prefix_id: 'old', timestamp_ms: NOW - 1000 });
    await ingest({ events: [old, eventOf({ tenant: 'old-and-new', prefix_id: 'new' })] });
    expect(JSON.stringify((await service.call(question)).body)).toContain('"old"');
    await service.live.prune(NOW - 500);
    expect(JSON.stringify((await service.call(question)).body)).not.toContain('"old"');
  });

  it('answers in the shapes that its documentation shows', async () => {
    const strictly = async (
      path: string,
      schema: typeof suggestion | typeof explanation | typeof entryList | typeof snapshotReceipt,
      body?: object,
    ) => {
      const answer = await service.call(path, body && { body });
      expect(schema.parse(answer.body), path).toEqual(answer.body);
    };
    await strictly('/suggest?top_k=5', suggestion);
    await strictly('/explain?prefix_id=other', explanation);
    await strictly('/explain?prefix_id=nobody', explanation);
    await strictly('/snapshot?limit=2', entryList);
    await strictly('/snapshot', snapshotReceipt, {});
    const event = eventOf({ prefix_id: 'shape' });
    const taken = await ingest({ events: [event] });
    expect(ingestReceipt.parse(taken.body)).toEqual(taken.body);
    const fed = await service.call('/feedback', {
      body: { feedback: [{ ...event, outcome: 'used' }] },
    });
    expect(feedbackReceipt.parse(fed.body)).toEqual(fed.body);
  });

  it('documents every call in OpenAPI 3.1, with a page that loads nothing from elsewhere', async () => {
    const { body } = await service.call('/docs/json');
    const { openapi, paths } = body as { openapi: string; paths: object };
    expect(openapi).toBe('3.1.0');
    expect(Object.keys(paths).sort()).toEqual([
      '/explain',
      '/feedback',
      '/healthz',
      '/ingest',
      '/metrics',
      '/readyz',
      '/snapshot',
      '/suggest',
    ]);
    const page = await service.call('/docs/');
    expect(page.status).toBe(200);
    expect(String(page.body)).not.toMatch(/(src|href)="https?:/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('tells Prometheus what it did', async () => {
    const { status, body, headers } = await service.call('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/plain');
    for (const line of [
      /^prefix_index_prefixes \d+$/m,
      /^prefix_index_events_total \d+$/m,
      /^prefix_index_suggest_seconds_count [1-9]/m,
      /^prefix_index_queue_bytes 0$/m,
      /^prefix_index_newest_event_lag_seconds \d/m,
      /^prefix_index_score\{rank="1"\} [1-9]/m,
      /^prefix_index_store_bytes 0$/m,
    ]) {
      expect(body).toMatch(line);
    }
    expect(body).not.toContain('tenant-a');
  });
});

describe('what the service refuses', () => {
  it.each([
    ['a body that is no JSON', '/ingest', '{"events":', 400, 'http.invalid-json-body'],
    ['a body of another kind', '/ingest', [1, 2], 400, 'service.bad-request'],
    [
      'a page range that ends before it starts',
      '/ingest',
      { events: [eventOf({ page_start: 5 })] },
      400,
      'service.bad-request',
    ],
    [
      'half a page range',
      '/ingest',
      { events: [{ ...eventOf(), page_end: undefined }] },
      400,
      'service.bad-request',
    ],
    [
      'a name with a control character',
      '/ingest',
      { events: [eventOf({ tenant: 'a\u0000b' })] },
      400,
      'service.bad-request',
    ],
    [
      'half a surrogate pair',
      '/ingest',
      { events: [eventOf({ prefix_id: '\ud800' })] },
      400,
      'service.bad-request',
    ],
    [
      'bytes that are no count',
      '/ingest',
      { events: [eventOf({ bytes: 1.5 })] },
      400,
      'service.bad-request',
    ],
    ['an unknown parameter', '/suggest?topk=5', undefined, 400, 'service.bad-request'],
    [
      'a parameter given twice',
      '/suggest?tenant=a&tenant=b',
      undefined,
      400,
      'service.bad-request',
    ],
    ['too many hints', '/suggest?top_k=1e9', undefined, 400, 'service.bad-request'],
    [
      'an age without a unit that is known',
      '/suggest?max_age=7y',
      undefined,
      400,
      'service.bad-request',
    ],
    ['an unknown call', '/admin', undefined, 404, 'service.no-such-call'],
  ])('%s', async (_, path, body, status, code) => {
    const before = service.live.stats();
    const answer = await service.call(path, body === undefined ? {} : { body });
    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(service.live.stats()).toEqual(before);
  });

  it('says where in a body the fault is', async () => {
    const { body } = await ingest({ events: [eventOf(), { ...eventOf(), bytes: -1 }] });
    expect(body).toMatchObject({ error: { message: expect.stringContaining('events.1.bytes') } });
  });

  it('asks which entry is meant where several have the prefix', async () => {
    await ingest({
      events: [eventOf({ prefix_id: 'twice' }), eventOf({ prefix_id: 'twice', model_id: 'other' })],
    });
    const { status, body } = await service.call('/explain?prefix_id=twice');
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: { code: 'service.ambiguous-prefix' } },
    });
    const chosen = await service.call('/explain?prefix_id=twice&model_id=other');
    expect(chosen.body).toMatchObject({ entry: { model_id: 'other' } });
  });

  it('other content types, and bodies over the limit', async () => {
    const text = await service.call('/ingest', {
      body: '{}',
      headers: { 'content-type': 'text/plain' },
    });
    expect(text.status).toBe(415);
    const small = await startTestService({ limits: { bodyBytes: 1000 } });
    const { status } = await small.call('/ingest', { body: { events: Array(20).fill(eventOf()) } });
    expect(status).toBe(413);
    await small.close();
  });
});
