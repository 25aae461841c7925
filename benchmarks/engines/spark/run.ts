/**
 * Spark, a cluster of two workers on this machine, beside the embedded DuckDB on the same Parquet files: what one query costs
 * by Spark Connect, counting references by block, reading a log into columns. Starts the cluster and stops it.
 * Usage: node benchmarks/engines/spark/run.ts [references in millions …]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEngine, type QueryEngine } from '@wavetune/engine';
import { readTrace } from '@wavetune/ingest';
import { aggregate, col, listOf, type Plan, scan, U64, unnest } from '@wavetune/ir';
import { openSparkEngine } from '@wavetune/spark';
import { makeRequests } from '../../ingest/make-requests.ts';

const SCRIPT = fileURLToPath(new URL('../../../scripts/cluster.sh', import.meta.url));
const ROUNDS = 3;
const SMALL_QUERIES = 20;
const NOTHING = scan({
  format: 'values',
  columns: [{ name: 'id', type: U64 }],
  rows: [['1']],
});

async function measure(engines: Readonly<Record<string, QueryEngine>>, path: string) {
  const counted = countByBlock(path);
  const table: Record<string, Record<string, number>> = {};
  for (const [name, engine] of Object.entries(engines)) {
    const countMillis = await medianOf(ROUNDS, () => engine.rows(counted));
    const readMillis = await medianOf(ROUNDS, () =>
      readTrace({ files: [path], format: 'requests', engine }),
    );
    table[name] = { 'count by block, ms': countMillis, 'read into columns, ms': readMillis };
  }
  console.table(table);
}

function countByBlock(path: string): Plan {
  const columns = [{ name: 'hash_ids', type: listOf(U64) }];
  const ids = unnest(scan({ format: 'parquet', files: [path], columns }), 'hash_ids', {
    item: 'id',
  });
  const uses = aggregate(ids, { id: col('id') }, { references: { fn: 'count' } });
  const total = { fn: 'sum', args: [col('references')] } as const;
  return aggregate(uses, {}, { blocks: { fn: 'count' }, references: total });
}

/** One turn before that is not counted: code is compiled, files are cached. */
async function medianOf(rounds: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const millis: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    await work();
    millis.push(performance.now() - begin);
  }
  return Math.round(millis.sort((a, b) => a - b)[millis.length >> 1]);
}

const folder = mkdtempSync(join(tmpdir(), 'wavetune-bench-spark-'));
try {
  const env = { ...process.env, WAVETUNE_CLUSTER_OWNER: String(process.pid) };
  const url = execFileSync(SCRIPT, ['up', folder], { encoding: 'utf8', env }).trim();
  const engines = {
    duckdb: await openEngine({ threads: 2, memoryLimitBytes: 2 ** 30 }),
    spark: await openSparkEngine(url),
  };
  for (const [name, engine] of Object.entries(engines)) {
    console.log(
      `${name}: ${await medianOf(SMALL_QUERIES, () => engine.rows(NOTHING))} ms a query of one row`,
    );
  }
  for (const millions of process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 10]) {
    console.log(`${millions} M references`);
    const path = join(folder, `requests-${millions}.parquet`);
    await makeRequests(engines.duckdb, path, millions * 1e6);
    await measure(engines, path);
  }
  for (const engine of Object.values(engines)) await engine.close();
} finally {
  execFileSync(SCRIPT, ['down', folder]);
  rmSync(folder, { recursive: true, force: true });
}
