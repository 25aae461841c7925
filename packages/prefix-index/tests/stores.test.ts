import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../src/index.ts';
import { deltaOf, event } from './support/deltas.ts';
import { hasRedis, type RedisServer, startRedis } from './support/redis-server.ts';
import { describeStore, type StoreKit, type StorePlace } from './support/store-kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'prefix-index-stores-'));
let places = 0;

const placeOf = (url: string): StorePlace => ({
  open: (settings = undefined) => openStore({ url, settings: { ...settings }, access: 'write' }),
});

/** Nothing to start, and files that go at the end. */
const files = {
  start: async () => undefined,
  stop: async () => rmSync(folder, { recursive: true, force: true }),
};

let redis: RedisServer;
const KITS: readonly StoreKit[] = [
  { name: 'memory', isDurable: false, runs: 50, ...files, newPlace: () => placeOf('memory:') },
  ...['jsonl', 'duckdb'].map((name) => ({
    name,
    isDurable: true,
    runs: name === 'jsonl' ? 50 : 12,
    ...files,
    newPlace: () => placeOf(join(folder, `store-${places++}.${name}`)),
  })),
];
const REDIS: StoreKit = {
  name: 'redis',
  isDurable: true,
  runs: 30,
  start: async () => {
    redis = await startRedis();
  },
  stop: () => redis.stop(),
  newPlace: () => placeOf(`${redis.url}/0?namespace=test-${places++}`),
};

describe('a store that another version made, or that was edited', () => {
  it.each([
    ['prefix-index/1', 'prefix-index/2', /schema is "prefix-index\/2", of another version/],
    ['"weight":"bytes"', '"weight":"size"', /weight is "size"/],
  ])('is refused for %s turned into %s', async (found, other, message) => {
    const url = join(mkdtempSync(join(tmpdir(), 'prefix-index-version-')), 'index.jsonl');
    await (await openStore({ url, settings: {}, access: 'write' })).close();
    writeFileSync(url, readFileSync(url, 'utf8').replace(found, other));
    const opened = openStore({ url, settings: {}, access: 'read' });
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toMatchObject({ code: 'index-store.not-a-store' });
    rmSync(dirname(url), { recursive: true });
  });
});

describe('a DuckDB store that is made late', () => {
  it('is not there until its first commit, reads as empty, and is whole then', async () => {
    const own = mkdtempSync(join(tmpdir(), 'prefix-index-late-'));
    const url = join(own, 'index.duckdb');
    const store = await openStore({ url, settings: {}, access: 'write', isMadeLate: true });
    expect(await Array.fromAsync(store.load())).toHaveLength(1);
    expect(await store.knownBatches(['one'])).toEqual([]);
    expect(existsSync(url)).toBe(false);
    const { totals, ...batch } = deltaOf('one', [event()]);
    expect(await store.commit({ batches: [batch], totals })).toBe('applied');
    expect(existsSync(url)).toBe(true);
    expect(await store.knownBatches(['one'])).toEqual(['one']);
    await store.close();
    const again = await openStore({ url, settings: {}, access: 'read' });
    expect(await again.verify()).toMatchObject({ rows: 1, keys: 1, batches: 1 });
    await again.close();
    rmSync(own, { recursive: true });
  });
});

for (const kit of hasRedis() ? [...KITS, REDIS] : KITS) describeStore(kit);
