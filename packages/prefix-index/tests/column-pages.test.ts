import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginScan } from '../src/scan/index.ts';
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
  seed: fc.nat(1000),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

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
  const { pageSize, rowGroupSize, codec } = made;
  const path = join(folder, 'events.parquet');
  writeFileSync(
    path,
    new Uint8Array(parquetWriteBuffer({ columnData: [...columns], pageSize, rowGroupSize, codec })),
  );
  return path;
}

describe('a Parquet file of another writer than the engine', () => {
  it('sums up to what the engine finds, wherever the pages of its columns end', async () => {
    await fc.assert(
      fc.asyncProperty(shape, fc.constantFrom(1, 2), async (made, threads) => {
        const path = write(made);
        const found = await beginScan(path, RULES, threads)?.finish();
        const expected = await parquet.sumInEngine(path);
        expect(expected.bad).toBe(0);
        expect(found?.events).toBe(made.rows);
        expectSameTotals(found!.totals, expected.totals, RULES.halfLifeMillis);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
