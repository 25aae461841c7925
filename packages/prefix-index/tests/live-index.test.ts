import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LiveIndex, openLiveIndex, openStore } from '../src/index.ts';
import { deltaOf, event, events, sayingsOf } from './support/deltas.ts';
import { fixedClock } from './support/fixed-clock.ts';
import { mountSmallDisk, type SmallDisk } from './support/small-disk.ts';
import { chunksOf } from './support/store-kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'prefix-index-live-'));
afterAll(() => rmSync(folder, { recursive: true }));
let places = 0;
const newPath = (kind: string): string => join(folder, `index-${places++}.${kind}`);

const clock = fixedClock(1e12);
const open = (storeUrl: string): Promise<LiveIndex> =>
  openLiveIndex({ storeUrl, settings: {}, clock });
const sayings = (live: LiveIndex) => sayingsOf([live.index().totals().columns()]);

/** What a killed process leaves behind: its files, as they are while it still has them open. */
function copyOf(path: string): string {
  const copy = newPath(path.split('.').at(-1) ?? '');
  for (const name of readdirSync(folder).filter((one) => join(folder, one).startsWith(path))) {
    cpSync(join(folder, name), copy + join(folder, name).slice(path.length), { recursive: true });
  }
  return copy;
}

describe('openLiveIndex', () => {
  it('takes a batch once, tells watchers, and suggests what it took', async () => {
    const live = await open('memory:');
    const tenants: string[] = [];
    live.watch((change) => tenants.push(...(change.tenants ?? ['all'])));
    const batch = { events: [event(), event({ prefix_id: 'p2', bytes: 300 })] };
    const [first, same] = await Promise.all([live.ingest(batch), live.ingest(batch)]);
    expect([first.ingested, first.outcome]).toEqual([2, 'applied']);
    expect([same.ingested, same.outcome]).toEqual([0, 'known']);
    expect(tenants).toEqual(['acme']);
    const { hints } = live.suggest({ topK: 5 });
    expect(hints.map((hint) => [hint.prefix_id, hint.score])).toEqual([
      ['p2', 300],
      ['p1', 100],
    ]);
    await live.close();
  });

  it('refuses events of the far future and takes the others', async () => {
    const live = await open('memory:');
    const receipt = await live.ingest({ events: [event({ timestamp_ms: 9e12 }), event()] });
    expect(receipt.ingested).toBe(1);
    expect(receipt.refused.map(({ index }) => index)).toEqual([0]);
    expect(live.stats()).toMatchObject({ ingestedEvents: 1, refusedEvents: 1, prefixes: 1 });
    await live.close();
    await expect(live.ingest({ events: [event()] })).rejects.toMatchObject({
      code: 'live-index.closed',
    });
  });

  it('refuses what would wait too long, and takes it later', async () => {
    const storeUrl = newPath('jsonl');
    const live = await openLiveIndex({ storeUrl, settings: {}, clock, queueBytes: 0 });
    const first = live.ingest({ events: [event()] });
    const late = { events: [event({ prefix_id: 'p2' })] };
    await expect(live.ingest(late)).rejects.toMatchObject({
      code: 'live-index.busy',
      details: { retryAfterMillis: 1000 },
    });
    await first;
    expect((await live.ingest(late)).ingested).toBe(1);
    await live.close();
  });
});

describe('a live index with much under way', () => {
  const many = (batch: string, count: number) =>
    Array.from({ length: count }, (_, i) => event({ prefix_id: `${batch} ${i}` }));

  it('goes on where a listener throws, and tells the others', async () => {
    const failures: unknown[] = [];
    const options = { storeUrl: 'memory:', settings: {}, clock };
    const live = await openLiveIndex({ ...options, onFailure: (one) => failures.push(one) });
    let told = 0;
    live.watch(() => {
      throw new Error('a bad listener');
    });
    live.watch(() => told++);
    await live.ingest({ id: 'a', events: [event()] });
    expect((await live.ingest({ id: 'b', events: many('b', 500) })).outcome).toBe('applied');
    expect(await live.prune(0)).toBe(0);
    expect([told, live.stats().prefixes]).toEqual([2, 501]);
    expect(failures).toHaveLength(2);
    await live.close();
  });

  it.each(['memory', 'jsonl'])(
    'closes its %s store when it has what was sent before',
    async (kind) => {
      const live = await open(kind === 'memory' ? 'memory:' : newPath(kind));
      const sent = live.ingest({ events: many('sent', 1000) });
      const closed = live.close();
      await expect(live.ingest({ events: [event()] })).rejects.toMatchObject({
        code: 'live-index.closed',
      });
      await closed;
      expect(live.stats().prefixes).toBe(1000);
      expect((await sent).ingested).toBe(1000);
    },
  );

  it('refuses what would wait too long for the index, and takes it later', async () => {
    const options = { storeUrl: 'memory:', settings: {}, clock, queueBytes: 100_000 };
    const live = await openLiveIndex(options);
    const sent = Array.from({ length: 20 }, (_, i) =>
      live.ingest({ id: `${i}`, events: many(`${i}`, 500) }),
    );
    const outcomes = await Promise.allSettled(sent);
    const taken = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(20);
    expect(live.stats()).toMatchObject({ prefixes: 500 * taken, queuedBytes: 0 });
    for (let i = 0; i < 20; i++) await live.ingest({ id: `${i}`, events: many(`${i}`, 500) });
    expect(live.stats().prefixes).toBe(10_000);
    await live.close();
  });
});

describe('a live index that keeps its events for a time', () => {
  it('forgets by itself what was not seen since', async () => {
    const storeUrl = newPath('jsonl');
    const options = { storeUrl, settings: {}, clock, snapshotMillis: 10, keepMillis: 5000 };
    const live = await openLiveIndex(options);
    await live.ingest({ id: 'old', events: [event()] });
    await live.ingest({ id: 'new', events: [event({ prefix_id: 'p2', timestamp_ms: 9000 })] });
    await expect.poll(() => live.stats().prefixes).toBe(1);
    expect((await live.ingest({ id: 'old', events: [event()] })).outcome).toBe('expired');
    expect(live.suggest({ topK: 9 }).hints.map(({ prefix_id }) => prefix_id)).toEqual(['p2']);
    await live.close();
  });
});

describe.each(['jsonl', 'duckdb'])('a live index over a %s file', (kind) => {
  it('answers while it prunes, and holds what came meanwhile once', async () => {
    const live = await open(newPath(kind));
    const many = Array.from({ length: 3000 }, (_, i) =>
      event({ prefix_id: `p${i}`, timestamp_ms: i % 3 === 0 ? 9000 : 1000 }),
    );
    await live.ingest({ events: many });
    const pruned = live.prune(5000);
    let answers = 0;
    const late: Promise<unknown>[] = [];
    while ((await Promise.race([pruned, nextTurn()])) === undefined) {
      expect(live.suggest({ topK: 10 }).hints).toHaveLength(10);
      const events = [event({ prefix_id: `late${answers}`, timestamp_ms: 9001 })];
      if (answers++ < 20) late.push(live.ingest({ id: `late ${answers}`, events }));
    }
    await Promise.all(late);
    expect(await pruned).toBe(2000);
    expect(answers).toBeGreaterThan(1);
    expect(live.stats().prefixes).toBe(1000 + late.length);
    expect(live.suggest({ topK: 5000 }).hints.every(({ hits }) => hits === 1)).toBe(true);
    await live.close();
  });

  it('opens again after it acknowledged an old batch while it was pruning', async () => {
    const path = newPath(kind);
    const live = await open(path);
    await live.ingest({ events: [event({ timestamp_ms: 9000 })] });
    await live.ingest({ events: [event({ timestamp_ms: 9001 })] });
    const pruned = live.prune(5000);
    let outcome: string;
    do
      ({ outcome } = await live.ingest({
        events: [event({ timestamp_ms: 1, bytes: Math.random() })],
      }));
    while (outcome !== 'expired');
    await pruned;
    await live.snapshot();
    await live.ingest({ events: [event({ timestamp_ms: 9002 })] });
    const again = await open(copyOf(path));
    expect(again.index().newestMillis()).toBe(9002);
    await Promise.all([live.close(), again.close()]);
  });

  it('holds every acknowledged batch once, wherever it was killed between snapshots', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.array(events, { minLength: 1, maxLength: 4 }) },
        { weight: 1, arbitrary: fc.constantFrom('snapshot' as const, 'kill' as const) },
      ),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (program) => {
        let path = newPath(kind);
        let live = await open(path);
        const acknowledged: ReturnType<typeof deltaOf>[] = [];
        for (const [i, step] of program.entries()) {
          if (step === 'snapshot') await live.snapshot();
          else if (step === 'kill') {
            path = copyOf(path);
            await live.close();
            live = await open(path);
          } else {
            const batch = { id: `batch ${i}`, events: step };
            expect((await live.ingest(batch)).ingested).toBe(step.length);
            acknowledged.push(deltaOf(batch.id, step));
          }
          expect(sayings(live)).toEqual(sayingsOf(acknowledged.map(({ totals }) => totals)));
        }
        for (const { batchId } of acknowledged) {
          expect((await live.ingest({ id: batchId, events: [event()] })).outcome).toBe('known');
        }
        await live.close();
        const store = await openStore({ url: path, settings: {}, access: 'read' });
        const kept = sayingsOf(acknowledged.map(({ totals }) => totals));
        expect(sayingsOf(await chunksOf(store))).toEqual(kept);
        await store.close();
      }),
      { numRuns: kind === 'jsonl' ? 25 : 8 },
    );
  });

  it('shows a reader of the store what only its log holds, and lets a change fold it in', async () => {
    const path = newPath(kind);
    const live = await open(path);
    await live.ingest({ id: 'a', events: [event()] });
    await live.feedback({
      feedback: [{ ...event(), outcome: 'unused', timestamp_ms: 2000 }],
    });
    const together = ['x', 'y', 'z'].map((id) => live.ingest({ id, events: [event()] }));
    await Promise.all(together);
    const expected = sayings(live);
    const copy = copyOf(path);
    await live.close();
    const [segment] = readdirSync(`${copy}.log`);
    appendFileSync(join(`${copy}.log`, segment), 'cut');
    let store = await openStore({ url: copy, settings: {}, access: 'write' });
    expect(sayingsOf(await chunksOf(store))).toEqual(expected);
    expect(await store.knownBatches(['a', 'b'])).toEqual(['a']);
    expect(await store.verify()).toMatchObject({ logRecords: 5, logTornBytes: 3 });
    const { totals, ...batch } = deltaOf('a', [event()]);
    expect(await store.commit({ batches: [batch], totals })).toBe('known');
    expect(await store.verify()).toMatchObject({ logRecords: 0, batches: 5 });
    await store.close();
    store = await openStore({ url: copy, settings: {}, access: 'write' });
    expect(sayingsOf(await chunksOf(store))).toEqual(expected);
    await store.close();
  });

  it('forgets what was pruned, in memory and in the store', async () => {
    const path = newPath(kind);
    const live = await open(path);
    await live.ingest({ id: 'old', events: [event()] });
    await live.ingest({ id: 'new', events: [event({ prefix_id: 'p2', timestamp_ms: 9000 })] });
    expect(await live.prune(5000)).toBe(1);
    expect((await live.ingest({ id: 'old', events: [event()] })).outcome).toBe('expired');
    await live.close();
    const again = await open(path);
    expect(again.stats()).toMatchObject({ prefixes: 1, batches: 1 });
    await again.close();
  });

  it('refuses a second owner, in this process and in another, and goes when its owner does', async () => {
    const path = newPath(kind);
    const live = await open(path);
    const inUse = { code: 'index-store.in-use', details: { path } };
    await expect(open(path)).rejects.toMatchObject(inUse);
    const reader = openStore({ url: path, settings: {}, access: 'read' });
    await expect(reader).rejects.toMatchObject(inUse);
    await live.close();
    const owner = spawn(process.execPath, ['--input-type=module', '-e', OWNER, path]);
    await once(owner.stdout, 'data');
    await expect(open(path)).rejects.toThrow(`in use by process ${owner.pid}`);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const again = await open(path);
    expect(again.stats().prefixes).toBe(1);
    await again.close();
  });
});

const INDEX = fileURLToPath(new URL('../src/index.ts', import.meta.url));
const OWNER = `import { openLiveIndex } from ${JSON.stringify(INDEX)};
  const clock = { nowMillis: () => Date.now(), monotonicMillis: () => Date.now() };
  const live = await openLiveIndex({ storeUrl: process.argv[1], settings: {}, clock });
  await live.ingest({ events: [${JSON.stringify(event())}] });
  console.log('open'); setInterval(() => {}, 1000);`;

describe.each(['jsonl', 'duckdb'])('a live index over a %s file on a bad disk', (kind) => {
  let disk: SmallDisk | undefined;
  beforeAll(() => {
    disk = mountSmallDisk('3m');
  });
  afterAll(() => disk?.unmount());
  const many = (batch: number) =>
    Array.from({ length: 200 }, (_, i) => event({ prefix_id: `prefix ${batch} ${i}`, bytes: i }));

  it('refuses what does not fit, loses nothing, and goes on when there is room', async ({
    skip,
  }) => {
    if (disk === undefined) return skip();
    const path = join(disk.folder, `full.${kind}`);
    let live = await open(path);
    const acknowledged = new Set<number>();
    const send = async (batch: number) => {
      const { outcome } = await live.ingest({ id: `batch ${batch}`, events: many(batch) });
      acknowledged.add(batch);
      return outcome;
    };
    let failure: unknown;
    for (let batch = 0; failure === undefined && batch < 200; batch++) {
      failure = await send(batch).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (batch % 20 === 19) await live.snapshot().catch(() => undefined);
    }
    expect(failure).toMatchObject({ code: 'index-disk.full' });
    expect(acknowledged.size).toBeGreaterThan(10);
    await expect(send(900)).rejects.toMatchObject({ code: 'index-disk.full' });
    expect(live.suggest({ topK: 1 }).hints).toHaveLength(1);
    await live.snapshot().catch(() => undefined);
    disk.grow('40m');
    expect(await send(900)).toBe('applied');
    await live.snapshot();
    await live.close();
    live = await open(path);
    expect(live.stats().prefixes).toBe(200 * acknowledged.size);
    expect(live.stats().batches).toBe(acknowledged.size);
    await live.close();
  });

  it('answers from a store that may only be read', async ({ skip }) => {
    if (disk === undefined) return skip();
    const path = join(disk.folder, `read-only.${kind}`);
    let live = await open(path);
    await live.ingest({ events: [event()] });
    await live.close();
    disk.setReadOnly(true);
    live = await open(path);
    expect(live.suggest({ topK: 1 }).hints).toHaveLength(1);
    const refused = live.ingest({ events: [event({ prefix_id: 'p2' })] });
    await expect(refused).rejects.toMatchObject({ code: 'index-disk.read-only' });
    await live.close();
    const store = await openStore({ url: path, settings: {}, access: 'write' });
    await expect(store.prune(1)).rejects.toMatchObject({ code: 'index-disk.read-only' });
    await store.close();
    const absent = join(disk.folder, `absent.${kind}`);
    await expect(open(absent)).rejects.toMatchObject({ code: 'index-disk.read-only' });
    disk.setReadOnly(false);
  });
});
