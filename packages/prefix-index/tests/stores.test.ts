import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type AppendColumn, openDatabase } from '@wavetune/engine';
import { F64, fieldsOf, I64, listOf, type Schema, TEXT } from '@wavetune/ir';
import { describe, expect, it } from 'vitest';
import {
  AT,
  type BatchDelta,
  DEFAULT_SETTINGS,
  openStore,
  ROW_WIDTH,
  TOTALS_NUMBERS,
} from '../src/index.ts';
import { deltaOf, event, sayingsOf } from './support/deltas.ts';
import { hasRedis, type RedisServer, startRedis } from './support/redis-server.ts';
import {
  changeOf,
  chunksOf,
  describeStore,
  type StoreKit,
  type StorePlace,
} from './support/store-kit.ts';

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

describe('a DuckDB store that prepares its first commit', () => {
  const late = async () => {
    const own = mkdtempSync(join(tmpdir(), 'prefix-index-prepared-'));
    const url = join(own, 'index.duckdb');
    const store = await openStore({ url, settings: {}, access: 'write', isMadeLate: true });
    return { own, url, store };
  };

  it('has it when it is committed, also where it is compacted before', async () => {
    for (const isCompacted of [false, true]) {
      const { own, url, store } = await late();
      store.prepare?.();
      store.prepare?.();
      if (isCompacted) await store.compact();
      const { totals, ...batch } = deltaOf('one', [event()]);
      expect(await store.commit({ batches: [batch], totals })).toBe('applied');
      store.prepare?.();
      await store.close();
      const again = await openStore({ url, settings: {}, access: 'read' });
      expect(await again.verify()).toMatchObject({ rows: 1, keys: 1, batches: 1 });
      await again.close();
      expect(readdirSync(own).sort()).toEqual(['index.duckdb', 'index.duckdb.lock']);
      rmSync(own, { recursive: true });
    }
  });

  it('leaves nothing where nothing is committed', async () => {
    const { own, store } = await late();
    store.prepare?.();
    await store.close();
    expect(readdirSync(own)).toEqual(['index.duckdb.lock']);
    rmSync(own, { recursive: true });
  });

  it('refuses at the commit what it could not prepare, and can then commit', async () => {
    const { own, url, store } = await late();
    mkdirSync(url);
    store.prepare?.();
    const { totals, ...batch } = deltaOf('one', [event()]);
    const change = { batches: [batch], totals };
    await expect(store.commit(change)).rejects.toMatchObject({ code: 'core.cannot-publish' });
    rmSync(url, { recursive: true });
    expect(await store.commit(change)).toBe('applied');
    await store.close();
    rmSync(own, { recursive: true });
  });
});

/** Columns of the table `totals` before its rows were packed. */
const LISTED_TOTALS = [
  ...fieldsOf({ tenant: I64, model: I64, prefix: TEXT, parent: TEXT }),
  ...TOTALS_NUMBERS.map((name) => ({ name, type: F64 })),
  ...fieldsOf({ latencies: listOf(F64), pages: listOf(F64) }),
];

/** Totals of one tenant, one model and one layer, as a store of the schema before holds them. */
async function makeListedStore(path: string, { batchId, totals }: BatchDelta): Promise<void> {
  const database = await openDatabase({
    path,
    access: 'write',
    threads: 1,
    memoryLimitBytes: 2 ** 28,
  });
  const tables: Readonly<Record<string, readonly [Schema, readonly AppendColumn['values'][]]>> = {
    store: [
      fieldsOf({ key: TEXT, value: TEXT }),
      [
        ['id', 'settings', 'log_sequence', 'pruned_before_ms'],
        ['00000000000000aa', JSON.stringify(DEFAULT_SETTINGS), '7', '-Infinity'],
      ],
    ],
    batches: [
      fieldsOf({ id: TEXT, source: TEXT, events: F64, newest_ms: F64 }),
      [[batchId], ['test'], [1], [1000]],
    ],
    names: [
      fieldsOf({ id: I64, name: TEXT }),
      [
        [0n, 1n, 2n],
        ['acme', 'm', '0'],
      ],
    ],
    totals: [
      LISTED_TOTALS,
      [
        totals.prefixes.map(() => 0n),
        totals.prefixes.map(() => 1n),
        totals.prefixes,
        totals.parents.map((parent) => parent ?? null),
        ...TOTALS_NUMBERS.map((name) =>
          totals.prefixes.map((_, row) => totals.numbers[row * ROW_WIDTH + AT[name]]),
        ),
        totals.latencies,
        totals.pages.map((runs) => runs.map((value, at) => (at % 3 === 0 ? 2 : value))),
      ],
    ],
  };
  await database.transact(async (writer) => {
    for (const [name, [columns, values]] of Object.entries(tables)) {
      await writer.create(name, columns);
      await writer.append(
        name,
        columns.map(({ type }, i) => ({ type, values: values[i] })),
      );
    }
  });
  await database.close();
}

describe('a DuckDB store of the schema before', () => {
  const before = deltaOf('before', [
    event(),
    event({ prefix_id: 'p2', parent_prefix_id: 'p1', page_start: 7, page_end: 9, latency_ms: 40 }),
  ]);
  const after = deltaOf('after', [event({ timestamp_ms: 2000 })]);
  const own = mkdtempSync(join(tmpdir(), 'prefix-index-listed-'));
  const url = join(own, 'index.duckdb');

  it('is read as it is, and written anew by its first commit', async () => {
    await makeListedStore(url, before);
    const bytes = readFileSync(url);
    const read = await openStore({ url, settings: {}, access: 'read' });
    expect(sayingsOf(await chunksOf(read))).toEqual(sayingsOf([before.totals]));
    expect(await read.verify()).toMatchObject({ rows: 2, keys: 2, batches: 1 });
    await read.close();
    expect(readFileSync(url).equals(bytes)).toBe(true);
    const written = await openStore({ url, settings: {}, access: 'write' });
    expect(await written.commit(changeOf(before))).toBe('known');
    expect(await written.commit(changeOf(after))).toBe('applied');
    await written.close();
    const again = await openStore({ url, settings: {}, access: 'read' });
    expect(sayingsOf(await chunksOf(again))).toEqual(sayingsOf([before.totals, after.totals]));
    expect(await again.state()).toMatchObject({ storeId: '00000000000000aa', logSequence: 7 });
    expect(await again.knownBatches(['before', 'after'])).toHaveLength(2);
    await again.close();
    rmSync(own, { recursive: true });
  });
});

for (const kit of hasRedis() ? [...KITS, REDIS] : KITS) describeStore(kit);
