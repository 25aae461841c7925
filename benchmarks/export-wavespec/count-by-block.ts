/** The baseline: DuckDB alone scans a Parquet file of requests, unnests its block ids and counts by block. */
import { openEngine } from '@wavetune/engine';
import { aggregate, col, listOf, scan, U64, unnest } from '@wavetune/ir';

const [path, threads] = process.argv.slice(2);
const engine = await openEngine({ memoryLimitBytes: 2 ** 30, threads: Number(threads) });
const ids = scan({
  format: 'parquet',
  files: [path],
  columns: [{ name: 'hash_ids', type: listOf(U64) }],
});
const counts = aggregate(
  unnest(ids, 'hash_ids', { item: 'id' }),
  { id: col('id') },
  { references: { fn: 'count' } },
);
const [row] = await engine.rows(aggregate(counts, {}, { blocks: { fn: 'count' } }));
console.log(`${row.blocks} blocks`);
await engine.close();
