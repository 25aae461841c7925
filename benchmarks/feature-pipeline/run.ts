/**
 * A feature pipeline (map, filter, join, map, repartition, aggregate) on the engine against DuckDB alone running the same
 * question as a person writes it; estimates against what was measured, after one profiled run on the smallest tables; and,
 * with --tune-policy, datajax's heuristic against the tuned policies of replay-tuner.
 *
 * Usage: node benchmarks/feature-pipeline/run.ts [--rows N …] [--rounds N] [--tune-policy] [--policy-dir DIR]
 *        (100000, 1000000 and 10000000 rows unless told)
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine } from '@wavetune/engine';
import { measureAccuracy } from './accuracy.ts';
import { comparePolicies } from './policies.ts';
import { timePipeline } from './speed.ts';
import { makeTables } from './tables.ts';

const THREADS = 2;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', multiple: true, default: ['100000', '1000000', '10000000'] },
    rounds: { type: 'string', default: '7' },
    'tune-policy': { type: 'boolean', default: false },
    'policy-dir': { type: 'string' },
  },
});

const folder = join(tmpdir(), 'wavetune-benchmarks', 'feature-pipeline');
const engine = await openEngine({ memoryLimitBytes: 2 ** 31, threads: THREADS });
const scales = [];
for (const rows of values.rows.map(Number)) {
  const home = join(folder, String(rows));
  mkdirSync(home, { recursive: true });
  scales.push({ rows, tables: await makeTables(engine, home, rows) });
}

console.log('\nTime of the pipeline, medians in turn');
const times = [];
for (const scale of scales) {
  times.push(
    await timePipeline(engine, { ...scale, threads: THREADS, rounds: Number(values.rounds) }),
  );
}
console.table(times);

console.log('Estimated against measured; learned: from one profiled run on the first tables');
console.table(await measureAccuracy(engine, scales));
await engine.close();

if (values['tune-policy'] || values['policy-dir'] !== undefined) {
  console.log(
    'Modelled times of what the plan moves on one rank of four: untold, by datajax’s formula, tuned',
  );
  console.table(await comparePolicies(scales, values['policy-dir'] ?? folder));
}
