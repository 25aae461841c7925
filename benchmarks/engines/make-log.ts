import { rm } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { openEngine } from '@wavetune/engine';
import { makeRequests } from '../ingest/make-requests.ts';

const BASE_REFERENCES = 1e6;
/** So that a log of a million references has several row groups, which are what an engine spreads over cores. */
const ROW_GROUP_ROWS = 8192;
const BASE_MEMORY_BYTES = 2 ** 30;
/** Odd, so that every copy's bits differ; the golden ratio's of 64 bits. */
const STEP = 0x9e3779b97f4a7c15n;

/**
 * Writes a Parquet log of about so many references for every path, a request a row with its list of blocks. A log above a
 * million references is copies of one of a million, one behind the other in time, each with blocks of its own: 57 % of the
 * references are distinct blocks at every size.
 */
export async function makeLogs(folder: string, logs: ReadonlyMap<number, string>): Promise<void> {
  const base = `${folder}/base.parquet`;
  const engine = await openEngine({ memoryLimitBytes: BASE_MEMORY_BYTES });
  await makeRequests(engine, base, Math.min(BASE_REFERENCES, ...logs.keys()));
  await engine.close();
  const instance = await DuckDBInstance.create(':memory:', { temp_directory: folder });
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE base AS FROM '${base}'`);
  const facts = await connection.runAndReadAll(
    'SELECT sum(len(hash_ids))::DOUBLE, max(timestamp)::DOUBLE FROM base',
  );
  const [references, lastMillis] = facts.getRows()[0].map(Number);
  for (const [wanted, path] of logs) {
    const copies = Array.from({ length: Math.max(1, Math.round(wanted / references)) }, (_, copy) =>
      copyOf(BigInt(copy), lastMillis + 1),
    );
    await connection.run(
      `COPY (${copies.join(' UNION ALL ')}) TO '${path}' (FORMAT parquet, CODEC zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
    );
  }
  connection.closeSync();
  instance.closeSync();
  await rm(base);
}

function copyOf(copy: bigint, spanMillis: number): string {
  const mask = BigInt.asUintN(64, copy * STEP);
  return `SELECT timestamp + ${copy * BigInt(spanMillis)} AS timestamp, input_length, output_length,
    list_transform(hash_ids, lambda id: xor(id, ${mask}::UBIGINT)) AS hash_ids FROM base`;
}
