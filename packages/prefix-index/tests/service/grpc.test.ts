import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callGrpc, type GrpcCaller, openGrpc, refusalOf, watchGrpc } from './grpc-kit.ts';
import { eventOf, NOW, startTestService, type TestService, tokenOf } from './service-kit.ts';

let service: TestService;
let grpc: GrpcCaller;

beforeAll(async () => {
  const tokens = [tokenOf('ops'), tokenOf('of-a', { tenants: ['tenant-a'], actions: ['read'] })];
  service = await startTestService({ grpcPort: 0, tokens });
  await service.ready;
  grpc = await openGrpc(service.grpcPort!);
});
afterAll(async () => {
  grpc.close();
  await service.close();
});

const ops = { token: 'ops' };
const grpcEvent = (fields = {}) => ({ ...eventOf(fields), layer: '0' });

describe('the calls over gRPC', () => {
  it('answer what HTTP answers', async () => {
    const events = [grpcEvent(), grpcEvent({ prefix_id: 'second', bytes: 1 })];
    const taken = await callGrpc(grpc, 'Ingest', { events, batch_id: 'grpc' }, ops);
    expect(taken).toMatchObject({ ingested: 2, outcome: 'applied' });
    const again = await callGrpc(grpc, 'Ingest', { events, batch_id: 'grpc' }, ops);
    expect(again).toMatchObject({ outcome: 'known' });
    const suggested = await callGrpc(grpc, 'Suggest', { top_k: 1, tenant: 'tenant-a' }, ops);
    const { body } = await service.call('/suggest?top_k=1&tenant=tenant-a', ops);
    const [hint] = (body as { hints: { layers: object[] }[] }).hints;
    expect(suggested).toMatchObject({
      as_of_ms: NOW,
      hints: [{ ...hint, tokens: 0, layers: [{ layer: '0', page_start: 0, page_end: 3 }] }],
    });
    const fed = { feedback: [{ ...eventOf(), outcome: 'used', layer: undefined }] };
    expect(await callGrpc(grpc, 'Feedback', fed, ops)).toMatchObject({ accepted: 1 });
    const why = await callGrpc(
      grpc,
      'Explain',
      { prefix_id: 'second', question: { top_k: 1 } },
      ops,
    );
    expect(why).toMatchObject({
      verdict: 'outside-top-k',
      rank: 2,
      of: 2,
      entry: { usefulness: 1 },
    });
    expect(await callGrpc(grpc, 'Snapshot', {}, ops)).toHaveProperty('took_ms');
  });

  it.each([
    ['Suggest', { top_k: 0 }],
    ['Suggest', { weight: 'gold' }],
    ['Suggest', { max_age_ms: -1 }],
    ['Ingest', { events: [{}] }],
    ['Ingest', { events: [grpcEvent({ page_end: 0, page_start: 1 })] }],
    ['Explain', {}],
  ])('refuse a bad %s as HTTP does', async (call, message) => {
    await expect(callGrpc(grpc, call, message, ops)).rejects.toMatchObject({
      code: 3,
      wavetuneCode: 'service.bad-request',
    });
  });
});

describe('WatchHints', () => {
  it('sends the hints at once, then what changes them, and nothing of other tenants', async () => {
    const stream = watchGrpc(
      grpc,
      { question: { top_k: 50 }, min_interval_ms: 5 },
      { token: 'of-a' },
    );
    const seen: string[][] = [];
    stream.on('data', ({ hints = [] }: { hints?: { prefix_id: string }[] }) =>
      seen.push(hints.map(({ prefix_id }) => prefix_id)),
    );
    stream.on('error', () => undefined);
    await expect.poll(() => seen.length).toBe(1);
    const ingest = (fields: object) =>
      callGrpc(grpc, 'Ingest', { events: [grpcEvent(fields)] }, ops);
    await ingest({ tenant: 'tenant-b', prefix_id: 'of another' });
    await ingest({ prefix_id: 'new', bytes: 2 });
    await expect.poll(() => seen.length).toBe(2);
    expect(seen[1]).toContain('new');
    for (let i = 0; i < 20; i++) await ingest({ prefix_id: `burst-${i}`, bytes: 3 });
    await expect.poll(() => seen.at(-1)).toContain('burst-19');
    expect(seen.flat()).not.toContain('of another');
    stream.cancel();
  });

  it('ends when the service does, and refuses whom the calls refuse', async () => {
    const refused = Promise.withResolvers<unknown>();
    const stream = watchGrpc(grpc, {}, { token: 'guess' });
    stream.on('data', () => undefined);
    stream.on('error', (failure) => refused.resolve(refusalOf(failure as never)));
    expect(await refused.promise).toMatchObject({ code: 16, wavetuneCode: 'service.no-token' });
    const closing = await startTestService({ grpcPort: 0 });
    await closing.ready;
    const other = await openGrpc(closing.grpcPort!);
    const watched = watchGrpc(other, {});
    const ended = Promise.withResolvers<unknown>();
    watched.on('data', () => undefined);
    watched.on('error', (failure) => ended.resolve(refusalOf(failure as never)));
    await new Promise((resolve) => watched.once('data', resolve));
    await closing.close();
    expect(await ended.promise).toMatchObject({ code: 14, wavetuneCode: 'service.stopping' });
    other.close();
  });
});
