import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { openEngine } from '@wavetune/engine';
import { asc, col, F64, I64, listOf, scan, sort, U64 } from '@wavetune/ir';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedData } from '../../ingest/tests/shared-data.ts';
import { type ChdbServer, startChdbServer } from './support/chdb-server.ts';

const COMMAND = resolve(import.meta.dirname, '../../../bin/export-wavespec');
const TIMEOUT_MILLIS = 300_000;
const trace = sharedData('mooncake/conversation_trace.jsonl');
const run = promisify(execFile);
let folder: string;
let server: ChdbServer;
let engine: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clickhouse-test-'));
  server = await startChdbServer();
  engine = `clickhouse://127.0.0.1:${server.port}`;
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function wavespec(name: string, ...options: readonly string[]): Promise<string> {
  const out = join(folder, name);
  await run(COMMAND, [...options, '--out', out]);
  return readFile(out, 'utf8');
}

describe.skipIf(trace.isMissing)('wavespec.json of the Mooncake conversation trace', () => {
  it('is the same byte for byte, read by DuckDB and by ClickHouse', {
    timeout: TIMEOUT_MILLIS,
  }, async () => {
    const here = await wavespec('duckdb.json', '--logs', trace.path);
    const there = await wavespec('clickhouse.json', '--logs', trace.path, '--engine', engine);
    expect(there === here).toBe(true);
  });

  it('is the same but for the name of its input, from a table and from Parquet', {
    timeout: TIMEOUT_MILLIS,
  }, async () => {
    const parquet = join(folder, 'trace.parquet');
    await writeParquet(parquet);
    await server.run(`CREATE TABLE conversation ENGINE = MergeTree ORDER BY (timestamp, n) AS
      SELECT assumeNotNull(n) AS n, assumeNotNull(timestamp) AS timestamp, input_length, output_length, hash_ids
      FROM file('${parquet}', 'Parquet')`);
    const table = `${engine}/conversation?order=n`;
    const here = JSON.parse(await wavespec('p.json', '--logs', parquet));
    const there = JSON.parse(await wavespec('t.json', '--logs', table, '--engine', engine));
    expect(there.meta.inputs).toHaveLength(1);
    expect(JSON.stringify({ ...there, meta: { ...there.meta, inputs: [] } })).toBe(
      JSON.stringify({ ...here, meta: { ...here.meta, inputs: [] } }),
    );
  });
});

/** The trace's requests with their place in the log. */
async function writeParquet(path: string): Promise<void> {
  const duckdb = await openEngine({ threads: 1, memoryLimitBytes: 2 ** 30 });
  const columns = [
    { name: 'timestamp', type: I64 },
    { name: 'input_length', type: F64 },
    { name: 'output_length', type: F64 },
    { name: 'hash_ids', type: listOf(U64) },
  ];
  await duckdb.saveTable(scan({ format: 'json_lines', files: [trace.path], columns }), 'lines');
  const lines = scan({ format: 'table', name: 'lines', columns });
  const numbered = {
    kind: 'window',
    input: lines,
    partitionBy: [],
    orderBy: [],
    columns: [{ kind: 'over', name: 'n', fn: 'row_number', args: [] }],
  } as const;
  await duckdb.writeParquet(sort(numbered, asc(col('n'))), path);
  await duckdb.close();
}
