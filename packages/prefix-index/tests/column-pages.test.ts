import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createColumnTable } from '../src/scan/column-table.ts';
import { beginScan } from '../src/scan/index.ts';
import { structEnd } from '../src/scan/thrift-check.ts';
import { openParquetEvents, type ParquetEvents } from './support/parquet-events.ts';
import { expectSameTotals } from './support/same-totals.ts';

const NOW = Date.UTC(2026, 10, 21);
const RULES = { halfLifeMillis: 3_600_000, latestMillis: NOW };

let folder: string;
let parquet: ParquetEvents;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'column-pages-'));
  parquet = await openParquetEvents(folder, RULES);
});
afterAll(async () => {
  await parquet.close();
  rmSync(folder, { recursive: true });
});

const whole = fc.constantFrom('INT32', 'INT64', 'DOUBLE', 'FLOAT');
/** None: as the writer likes. */
const encoding = fc.constantFrom(
  {},
  { encoding: 'PLAIN' } as const,
  { encoding: 'RLE_DICTIONARY' } as const,
);
const shape = fc.record({
  rows: fc.integer({ min: 1, max: 3000 }),
  /** Each column has its own number of rows a page. */
  pageSize: fc.constantFrom(40, 500, 3000, 2 ** 20),
  rowGroupSize: fc.constantFrom(300, 1100, 100_000),
  codec: fc.constantFrom('UNCOMPRESSED', 'SNAPPY'),
  prefixes: fc.integer({ min: 1, max: 1000 }),
  text: encoding,
  number: encoding,
  type: whole,
  /** One in so many events tells the sizes that may be left out; 1: all. */
  telling: fc.constantFrom(1, 2, 7, 400),
  /** Whether columns whose values are all there may lack some. */
  nullable: fc.boolean(),
  seed: fc.nat(1000),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

const OPTIONAL: readonly string[] = ['latency_ms', 'parent_prefix_id', 'tokens'];
/** The engine keeps what it read of a file by its name. */
let files = 0;

function write(made: Shape): string {
  const { rows, prefixes, telling, seed, type } = made;
  const of = <T>(value: (row: number) => T): T[] =>
    Array.from({ length: rows }, (_, row) => value(row));
  const any = (row: number, below: number): number => ((row + seed) * 7919) % below;
  const now = (row: number): number => NOW - 10_000_000 + any(row, 9_999_991);
  const wide = (value: number): number | bigint => (type === 'INT64' ? BigInt(value) : value);
  const told = <T>(value: (row: number) => T) =>
    of((row) => (any(row, telling) === 0 ? value(row) : undefined));
  const text = { type: 'STRING', ...made.text } as const;
  const { number } = made;
  const columns = [
    { name: 'prefix_id', data: of((row) => `prefix-${any(row, prefixes)}`), ...text },
    { name: 'tenant', data: of((row) => `t${any(row, 3)}`), ...text },
    { name: 'model_id', data: of(() => 'm'), ...text },
    { name: 'layer', data: of((row) => `${any(row, 4)}`), ...text },
    { name: 'page_start', data: of((row) => wide(any(row, 999))), type, ...number },
    { name: 'page_end', data: of((row) => wide(any(row, 999) + any(row, 5))), type, ...number },
    { name: 'bytes', data: of((row) => any(row, 5000)), type: 'INT32', ...number },
    { name: 'timestamp_ms', data: of(now), type: 'DOUBLE', ...number },
    { name: 'latency_ms', data: told((row) => any(row, 100) / 4), type: 'DOUBLE', ...number },
    { name: 'parent_prefix_id', data: told((row) => `root${any(row, 2)}`), ...text },
    { name: 'tokens', data: told((row) => any(row, 64)), type: 'INT32', ...number },
  ] as const satisfies readonly ColumnSource[];
  const { pageSize, rowGroupSize, codec, nullable } = made;
  const columnData = columns.map((column) =>
    OPTIONAL.includes(column.name) ? column : { ...column, nullable },
  );
  const path = join(folder, `${files++}.parquet`);
  writeFileSync(
    path,
    new Uint8Array(parquetWriteBuffer({ columnData, pageSize, rowGroupSize, codec })),
  );
  return path;
}

async function expectSameAsEngine(path: string, rows: number, threads: number): Promise<void> {
  const found = await beginScan(path, RULES, threads)?.finish();
  const expected = await parquet.sumInEngine(path);
  expect(expected.bad).toBe(0);
  expect(found?.events).toBe(rows);
  expectSameTotals(found!.totals, expected.totals, RULES.halfLifeMillis);
}

describe('a Parquet file of another writer than the engine', () => {
  it('sums up to what the engine finds, wherever the pages of its columns end', async () => {
    await fc.assert(
      fc.asyncProperty(shape, (made) => expectSameAsEngine(write(made), made.rows, 1)),
      { numRuns: 60 },
    );
  }, 60_000);

  it('does so on two threads', async () => {
    const many = {
      rows: 60_000,
      rowGroupSize: 1100,
      telling: 2,
      nullable: false,
      seed: 1,
    } as const;
    const plain = { codec: 'UNCOMPRESSED', number: { encoding: 'PLAIN' } } as const;
    for (const pageSize of [500, 2 ** 20] as const) {
      const made = {
        ...many,
        ...plain,
        prefixes: 997,
        text: {},
        type: 'DOUBLE',
        pageSize,
      } as const;
      const path = write(made);
      // Fewer bytes are not worth two of them.
      expect(statSync(path).size).toBeGreaterThan(2 ** 21);
      await expectSameAsEngine(path, made.rows, 2);
    }
  }, 60_000);

  it('has a group of rows whose pages need a dictionary of that group', () => {
    const tenant = { field: 1, name: 'tenant', place: 0, kind: 1, type: 'BYTE_ARRAY' } as const;
    const column = { ...tenant, isOptional: false };
    const table = createColumnTable(RULES, [column], { count: 1, number: 0 });
    const page = { field: 1, bytes: Buffer.from([1, 3, 0]), rows: 1, levels: 'none' } as const;
    expect(table.readDictionary(1, Buffer.from('\x01\0\0\0a', 'latin1'), 1)).toBe(true);
    expect(table.readPage({ ...page, isCoded: true })).toBe(true);
    table.beginGroup();
    expect(table.readPage({ ...page, isCoded: true })).toBe(false);
  });

  it('may number its groups of rows, in 16 bits', () => {
    expect(structEnd(new DataView(new Uint8Array([0x74, 8, 0]).buffer), 0)).toBe(3);
  });
});
