import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginScan } from '../src/scan/index.ts';
import type { FileTotals } from '../src/totals/file-totals.ts';
import { openParquetEvents, type ParquetEvents } from './support/parquet-events.ts';
import { expectSameTotals } from './support/same-totals.ts';

const home = join(import.meta.dirname, '..');
const NOW = Date.UTC(2026, 10, 21);
const RULES = { halfLifeMillis: 3_600_000, latestMillis: NOW };

let folder: string;
let parquet: ParquetEvents;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'column-scan-'));
  parquet = await openParquetEvents(folder, RULES);
});
afterAll(async () => {
  await parquet.close();
  rmSync(folder, { recursive: true });
});

async function scan(path: string, threads = 1): Promise<FileTotals | undefined> {
  return beginScan(path, RULES, threads)?.finish();
}

async function expectSameAsEngine(path: string, threads = 1): Promise<void> {
  const found = await scan(path, threads);
  const expected = await parquet.sumInEngine(path);
  expect(found?.events).toBe(expected.events);
  expectSameTotals(found!.totals, expected.totals, RULES.halfLifeMillis);
}

const EVENT = {
  prefix_id: 'session:A',
  tenant: 'acme',
  model_id: 'm',
  layer: '12',
  page_start: 0,
  page_end: 3,
  bytes: 1_048_576,
  latency_ms: 4.5,
  timestamp_ms: NOW - 5_000_000,
  parent_prefix_id: 'root',
  tokens: 12,
  prefill_ms: 1.5,
};

const events = fc.array(
  fc.record(
    {
      prefix_id: fc.constantFrom('a', 'session-1-2f', 'näh', ' ', 'x'.repeat(70), '\u0000\n'),
      tenant: fc.constantFrom('t1', 'ténant', 'a tenant of more than sixteen bytes'),
      model_id: fc.constantFrom('m', 'n'),
      layer: fc.nat(511).map(String),
      page_start: fc.nat(2 ** 30),
      bytes: fc.nat(2 ** 31 - 1),
      timestamp_ms: fc.integer({ min: NOW - 90 * 86_400_000, max: NOW - 10_000 }),
      latency_ms: fc.nat(10_000).map((micros) => micros / 1000),
      parent_prefix_id: fc.constantFrom('root', 'rööt', 'other'),
      tokens: fc.nat(10_000),
      prefill_ms: fc.nat(10_000),
    },
    {
      requiredKeys: [
        'prefix_id',
        'tenant',
        'model_id',
        'layer',
        'page_start',
        'bytes',
        'timestamp_ms',
      ],
    },
  ),
  { minLength: 1, maxLength: 40 },
);
const whole = fc.constantFrom('DOUBLE', 'INTEGER', 'UINTEGER', 'BIGINT', 'UBIGINT');
const shape = fc.record({
  events,
  layer: fc.constantFrom('VARCHAR', 'INTEGER', 'BIGINT'),
  pages: whole,
  bytes: whole,
  times: fc.constantFrom('DOUBLE', 'BIGINT', 'UBIGINT'),
  latencies: fc.constantFrom('DOUBLE', 'FLOAT'),
  tokens: whole,
  isBare: fc.boolean(),
  copies: fc.constantFrom(1, 1, 200),
  codec: fc.constantFrom('snappy', 'zstd', 'uncompressed', 'gzip', 'brotli'),
  version: fc.constantFrom('V1'),
  isPlain: fc.boolean(),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

function write(made: Shape): Promise<string> {
  const { layer, pages, bytes, times, latencies, tokens } = made;
  const more = `parent_prefix_id, tokens::${tokens} AS tokens, prefill_ms`;
  const rows =
    `SELECT prefix_id, tenant, model_id, layer::${layer} AS layer, page_start::${pages} AS page_start, ` +
    `page_end::${pages} AS page_end, bytes::${bytes} AS bytes, (timestamp_ms + i)::${times} AS timestamp_ms` +
    `${made.isBare ? '' : `, latency_ms::${latencies} AS latency_ms, ${more}`} FROM events, range(${made.copies}) r(i)`;
  const options = [
    `COMPRESSION ${made.codec}`,
    `PARQUET_VERSION ${made.version}`,
    'ROW_GROUP_SIZE 2048',
    ...(made.isPlain ? ['DICTIONARY_SIZE_LIMIT 1'] : []),
  ];
  const given = made.events.map((event, i) => ({ ...event, page_end: event.page_start + (i % 5) }));
  return parquet.write(given, rows, options.join(', '));
}

describe('columns.wasm', () => {
  it('is what its sources compile to, byte for byte', () => {
    const built = join(folder, 'columns.wasm');
    const config = ['--config', 'assembly/asconfig.json', '--outFile', built];
    const asc = join(home, 'node_modules', '.bin', 'asc');
    execFileSync(asc, ['assembly/columns.ts', ...config], { cwd: home });
    const kept = readFileSync(join(home, 'src/scan/columns.wasm'));
    expect(readFileSync(built).equals(kept)).toBe(true);
  }, 60_000);
});

describe('beginScan, of Parquet', () => {
  it('sums plain events as the engine does, whatever their types, encodings and groups of rows', async () => {
    await fc.assert(
      fc.asyncProperty(shape, async (made) => expectSameAsEngine(await write(made))),
      { numRuns: 60 },
    );
  }, 60_000);

  it('finds the same on two threads, and the digest', async () => {
    const rows = `SELECT * REPLACE (prefix_id || i % 977 AS prefix_id, timestamp_ms - i AS timestamp_ms, random() AS latency_ms) FROM events, range(300000) r(i)`;
    const path = await parquet.write(
      [EVENT],
      rows,
      'COMPRESSION uncompressed, ROW_GROUP_SIZE 20480',
    );
    await expectSameAsEngine(path, 2);
    const begun = beginScan(path, RULES, 2);
    expect(await begun?.digest).toMatch(/^[0-9a-f]{32}$/);
    begun?.cancel();
    expect(await begun?.finish()).toBeUndefined();
  }, 30_000);

  const NAMES = 'prefix_id, tenant, model_id, page_start, page_end, bytes, timestamp_ms';
  it.each([
    ['a column that is nested', 'SELECT *, [1] AS more FROM events'],
    ['a struct', 'SELECT *, {a: 1} AS more FROM events'],
    ['a name that the engine gives', 'SELECT *, 1 AS filename FROM events'],
    ['no model', 'SELECT * EXCLUDE (model_id) FROM events'],
    ['no tenant in a row', 'SELECT * REPLACE (nullif(tenant, tenant) AS tenant) FROM events'],
    ['no layer in a row', 'SELECT * REPLACE (nullif(layer, layer) AS layer) FROM events'],
    ['no size in a row', 'SELECT * REPLACE (nullif(bytes, bytes) AS bytes) FROM events'],
    ['an empty name', `SELECT * REPLACE ('' AS prefix_id) FROM events`],
    ['bytes as a name', 'SELECT * REPLACE (prefix_id::BLOB AS prefix_id) FROM events'],
    ['a number as a name', 'SELECT * REPLACE (12 AS prefix_id) FROM events'],
    ['text as a number', 'SELECT * REPLACE (bytes::VARCHAR AS bytes) FROM events'],
    ['a small whole number', 'SELECT * REPLACE (tokens::SMALLINT AS tokens) FROM events'],
    ['a decimal', 'SELECT * REPLACE (bytes::DECIMAL(18, 2) AS bytes) FROM events'],
    [
      'a date',
      `SELECT * REPLACE (make_timestamp_ms(timestamp_ms::BIGINT) AS timestamp_ms) FROM events`,
    ],
    ['a fraction as a layer', `SELECT ${NAMES}, 12.0::DOUBLE AS layer FROM events`],
    ['a layer with zeros before it', `SELECT ${NAMES}, '012' AS layer FROM events`],
    ['a layer that is no number', `SELECT ${NAMES}, 'top' AS layer FROM events`],
    ['a layer that does not pack', `SELECT ${NAMES}, 512 AS layer FROM events`],
    ['a layer below 0', `SELECT ${NAMES}, -1 AS layer FROM events`],
    ['pages that do not pack', 'SELECT * REPLACE (4096 AS page_end) FROM events'],
    ['a fraction of a page', 'SELECT * REPLACE (3.5::DOUBLE AS page_end) FROM events'],
    ['a last page before the first', 'SELECT * REPLACE (4 AS page_start) FROM events'],
    ['a negative size', 'SELECT * REPLACE (-1 AS bytes) FROM events'],
    ['an endless size', `SELECT * REPLACE ('inf'::DOUBLE AS bytes) FROM events`],
    ['a negative latency', 'SELECT * REPLACE (-1::DOUBLE AS latency_ms) FROM events'],
    ['no number as a latency', `SELECT * REPLACE ('nan'::DOUBLE AS latency_ms) FROM events`],
    ['no number as a time', `SELECT * REPLACE ('nan'::DOUBLE AS timestamp_ms) FROM events`],
    ['a time before 1970', 'SELECT * REPLACE (-1 AS timestamp_ms) FROM events'],
    ['a time in the future', `SELECT * REPLACE (${NOW + 1} AS timestamp_ms) FROM events`],
    ['no rows', 'SELECT * FROM events LIMIT 0'],
  ])('leaves a file with %s to others', async (_, rows) => {
    expect(
      await scan(await parquet.write([EVENT], 'FROM events', 'COMPRESSION zstd')),
    ).toBeDefined();
    expect(await scan(await parquet.write([EVENT], rows, 'COMPRESSION zstd'))).toBeUndefined();
  });

  it('leaves a file to others whose names are no UTF-8, though none of them stays', async () => {
    const rows = `SELECT * REPLACE ('root' || i AS parent_prefix_id) FROM events, range(9) r(i)`;
    const path = await parquet.write([EVENT], rows, 'COMPRESSION uncompressed');
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('root3')] = 0xff;
    writeFileSync(path, bytes);
    expect(await scan(path)).toBeUndefined();
  });

  it('leaves damaged files to others, or finds what the engine finds', async () => {
    const rows = `SELECT * REPLACE (prefix_id || i % 7 AS prefix_id, timestamp_ms - i AS timestamp_ms) FROM events, range(100) r(i)`;
    const whole = await Promise.all(
      ['uncompressed', 'snappy', 'zstd'].map(async (codec) =>
        readFileSync(await parquet.write([EVENT], rows, `COMPRESSION ${codec}`)),
      ),
    );
    // The engine keeps what it read of a file by its name.
    let files = 0;
    const damage = fc.record({
      file: fc.nat(whole.length - 1),
      places: fc.array(fc.tuple(fc.nat(2 ** 20), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      cut: fc.constantFrom(0, 0, 0, 1, 9, 500),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ file, places, cut }) => {
        const bytes = Buffer.from(whole[file].subarray(0, whole[file].length - cut));
        for (const [place, value] of places) bytes[place % bytes.length] = value;
        const path = join(folder, `damaged-${files++}.parquet`);
        writeFileSync(path, bytes);
        const found = await scan(path);
        if (found === undefined) return;
        await expectSameAsEngine(path);
      }),
      // An engine refuses some damage that nobody else looks at, such as a whole number of another width.
      { numRuns: 300, seed: 1 },
    );
  }, 60_000);
});
