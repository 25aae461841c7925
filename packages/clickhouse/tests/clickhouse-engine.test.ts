import { isWavetuneError } from '@wavetune/core';
import type { QueryEngine } from '@wavetune/engine';
import { readTrace } from '@wavetune/ingest';
import { asc, col, I64, lit, project, scan, sort, TEXT } from '@wavetune/ir';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClickhouseEngine } from '../src/index.ts';
import { type ChdbServer, startChdbServer } from './support/chdb-server.ts';

const PASSWORD = 'pass word/ü';
let server: ChdbServer;
let engine: QueryEngine;
let host: string;

beforeAll(async () => {
  server = await startChdbServer(PASSWORD);
  host = `127.0.0.1:${server.port}`;
  engine = openClickhouseEngine(`clickhouse://default:${encodeURIComponent(PASSWORD)}@${host}`);
  await server.run(`CREATE TABLE log (n UInt32, timestamp Int64, input_length UInt32, output_length Nullable(UInt32),
    hash_ids Array(UInt64), tenant LowCardinality(String)) ENGINE = MergeTree ORDER BY (timestamp, n)`);
  await server.run(`INSERT INTO log VALUES (1, 5, 600, NULL, [7, 18446744073709551615], 'é'),
    (0, 5, 512, 3, [7], 'é'), (2, 1, 512, 4, [9223372036854775808], 'b')`);
  await server.run(
    'CREATE TABLE numbers (n Int64) ENGINE = MergeTree ORDER BY n AS SELECT number AS n FROM numbers(300000)',
  );
});

afterAll(async () => {
  await engine.close();
  await server.close();
});

async function failureOf(
  work: Promise<unknown>,
): Promise<{ code: string; details: object; message: string }> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (failure: unknown) => failure,
  );
  if (!isWavetuneError(error)) throw error;
  return { code: error.code, details: error.details, message: error.message };
}

const numbers = scan({
  format: 'table',
  name: 'default.numbers',
  columns: [{ name: 'n', type: I64 }],
});
const missing = scan({
  format: 'table',
  name: 'default.nothing',
  columns: [{ name: 'n', type: I64 }],
});

describe('a log in a table', () => {
  const read = (place: string) => readTrace({ files: [place], format: 'auto', engine });

  it('is read in the order of its key; ids up to 2^64 − 1 are exact', async () => {
    const { columns, names, tenants, quality } = await read(`clickhouse://${host}/default.log`);
    expect(quality).toMatchObject({
      format: 'requests',
      records: 3,
      quarantined: 0,
      outOfOrder: 0,
    });
    expect([...columns.timeMillis]).toEqual([1, 5, 5]);
    expect([...columns.inputTokens]).toEqual([512, 512, 600]);
    expect([...columns.outputTokens]).toEqual([4, 3, 0]);
    expect(Array.from(columns.parents, (_, block) => names.nameOf(block))).toEqual([
      '9223372036854775808',
      '7',
      '18446744073709551615',
    ]);
    expect(tenants).toEqual(['b', 'é']);
  });

  it('is read in the order of the columns that its address names', async () => {
    const { columns, quality } = await read(`clickhouse://${host}/log?order=n`);
    expect([...columns.timeMillis]).toEqual([1, 5, 5]);
    expect(quality.outOfOrder).toBe(1);
  });

  it('is refused by code where table, column, server or user are not what they should be', async () => {
    expect(await failureOf(read(`clickhouse://${host}/default.nothing`))).toMatchObject({
      code: 'clickhouse.unknown-table',
    });
    expect(await failureOf(read(`clickhouse://${host}/log?order=seq`))).toMatchObject({
      code: 'clickhouse.unknown-column',
      details: { column: 'seq' },
    });
    for (const place of [
      'clickhouse://other:1/log',
      `clickhouse://me:secret@${host}/log`,
      `clickhouse://${host}/`,
    ]) {
      const { code, message } = await failureOf(read(place));
      expect(code).toBe('usage.clickhouse-url');
      expect(message).not.toContain('secret');
    }
  });
});

describe('a query', () => {
  it('streams, sorted, in more than one chunk', async () => {
    let next = 0n;
    let chunks = 0;
    for await (const { rowCount, columns } of engine.stream(sort(numbers, asc(col('n'))))) {
      chunks++;
      const [n] = columns;
      if (n.kind !== 'i64') throw new Error('n is i64');
      for (let row = 0; row < rowCount; row++)
        if (n.values[row] !== next++) throw new Error(`${row}`);
    }
    expect(next).toBe(300_000n);
    expect(chunks).toBeGreaterThan(1);
  });

  it('that is interrupted fails by code and is named to KILL QUERY; the next one runs', async () => {
    const interrupted = failureOf(
      (async () => {
        for await (const _ of engine.stream(numbers)) engine.interrupt();
      })(),
    );
    expect((await interrupted).code).toBe('clickhouse.interrupted');
    await expect.poll(() => server.killed.length).toBe(1);
    await expect.poll(() => server.runningCount()).toBe(0);
    expect(await engine.rows(project(numbersOf(1), { text: lit('after') }))).toEqual([
      { text: 'after' },
    ]);
  });

  it('whose reader leaves early is ended on the server too', async () => {
    const before = server.killed.length;
    for await (const _ of engine.stream(numbers)) break;
    await expect.poll(() => server.killed.length).toBe(before + 1);
  });

  it('fails with the number and name that ClickHouse gives', async () => {
    expect(await failureOf(engine.rows(missing))).toMatchObject({
      code: 'clickhouse.unknown-table',
      details: { number: '60', name: 'UNKNOWN_TABLE' },
    });
    const file = scan({
      format: 'parquet',
      files: ['/nowhere/x.parquet'],
      columns: [{ name: 'a', type: TEXT }],
    });
    expect((await failureOf(engine.rows(file))).code).toBe('clickhouse.cannot-read');
  });

  it('that the server breaks off keeps nothing, whether it says why or not', async () => {
    server.cutResults(200_000, '');
    expect((await failureOf(engine.rows(numbers))).code).toBe('clickhouse.lost');
    server.cutResults(
      200_000,
      '\n__exception__\nCode: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)',
    );
    expect(await failureOf(engine.rows(numbers))).toMatchObject({
      code: 'clickhouse.out-of-memory',
      details: { number: '241', name: 'MEMORY_LIMIT_EXCEEDED' },
    });
    server.cutResults(Number.POSITIVE_INFINITY, '');
  });

  it('without an answer, or with a wrong password, fails by code and names no password', async () => {
    const nobody = openClickhouseEngine('clickhouse://u:secret@127.0.0.1:1');
    const wrong = openClickhouseEngine(`clickhouse://default:secret@${host}`);
    const [unreachable, refused] = [
      await failureOf(nobody.rows(numbers)),
      await failureOf(wrong.rows(numbers)),
    ];
    expect([unreachable.code, refused.code]).toEqual([
      'clickhouse.unreachable',
      'clickhouse.refused',
    ]);
    expect(`${unreachable.message} ${refused.message}`).not.toContain('secret');
    await Promise.all([nobody.close(), wrong.close()]);
    expect((await failureOf(wrong.rows(numbers))).code).toBe('clickhouse.closed');
  });
});

function numbersOf(rows: number) {
  const columns = [{ name: 'n', type: I64 }];
  return scan({
    format: 'values',
    columns,
    rows: Array.from({ length: rows }, (_, n) => [`${n}`]),
  });
}
