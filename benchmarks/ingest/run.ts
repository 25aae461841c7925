/**
 * Reading requests against DuckDB alone on the same file, side by side: DuckDB scans, unnests and counts by block; the
 * reader makes columns. Usage: node benchmarks/ingest/run.ts [references in millions …]
 */
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openEngine } from '@wavetune/engine';
import { readTrace } from '@wavetune/ingest';
import { aggregate, col, listOf, scan, U64, unnest } from '@wavetune/ir';
import { makeRequests } from './make-requests.ts';

const ROUNDS = 5;
const MEMORY_LIMIT_BYTES = 2 ** 30;
const THREADS = 2;

async function measure(engine: Engine, path: string): Promise<void> {
  const counted = aggregate(
    aggregate(
      unnest(
        scan({
          format: 'parquet',
          files: [path],
          columns: [{ name: 'hash_ids', type: listOf(U64) }],
        }),
        'hash_ids',
        { item: 'id' },
      ),
      { id: col('id') },
      { references: { fn: 'count' } },
    ),
    {},
    { blocks: { fn: 'count' }, references: { fn: 'sum', args: [col('references')] } },
  );
  const duckdbMillis: number[] = [];
  const readMillis: number[] = [];
  let blocks = 0;
  let references = 0;
  for (let round = 0; round < ROUNDS; round++) {
    duckdbMillis.push(await timed(async () => void (await engine.rows(counted))));
    readMillis.push(
      await timed(async () => {
        const { columns } = await readTrace({ files: [path], format: 'requests', engine });
        blocks = columns.parents.length;
        references = columns.blocks.length;
      }),
    );
  }
  const duckdb = median(duckdbMillis);
  const read = median(readMillis);
  console.table({
    references,
    blocks,
    'DuckDB, ms': Math.round(duckdb),
    'readTrace, ms': Math.round(read),
    ratio: Number((read / duckdb).toFixed(2)),
    'M references/s': Number((references / read / 1000).toFixed(1)),
    'peak RSS, MB': Math.round(process.resourceUsage().maxRSS / 1000),
  });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

const folder = join(tmpdir(), 'wavetune-benchmarks');
mkdirSync(folder, { recursive: true });
const engine = await openEngine({ memoryLimitBytes: MEMORY_LIMIT_BYTES, threads: THREADS });
try {
  const millions = process.argv.slice(2).map(Number);
  for (const million of millions.length > 0 ? millions : [10]) {
    const path = join(folder, `requests-${million}m.parquet`);
    if (!existsSync(path)) await makeRequests(engine, path, million * 1e6);
    await measure(engine, path);
  }
} finally {
  await engine.close();
}
