/**
 * The whole export against DuckDB alone, both as processes from start to end, in turn, on the same Parquet files.
 *
 * Usage: node benchmarks/export-wavespec/run.ts [millions of references …]      (1 3 10 30 unless told)
 */
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEngine } from '@wavetune/engine';
import { makeRequests } from '../ingest/make-requests.ts';
import { median, type ProcessCost, runWhole } from '../support/whole-process.ts';

const ROUNDS = 5;
const EXPORT = fileURLToPath(new URL('../../bin/export-wavespec', import.meta.url));
const COUNT = fileURLToPath(new URL('count-by-block.ts', import.meta.url));

async function measure(millions: number, path: string): Promise<Record<string, string | number>> {
  const costs = { duckdb: [] as ProcessCost[], one: [] as ProcessCost[], two: [] as ProcessCost[] };
  for (let round = 0; round < ROUNDS; round++) {
    costs.duckdb.push(await runWhole(process.execPath, [COUNT, path, '2']));
    costs.one.push(await runWhole(EXPORT, exportWords(path, '1')));
    costs.two.push(await runWhole(EXPORT, exportWords(path, '2')));
  }
  const seconds = (list: readonly ProcessCost[]) => median(list.map((cost) => cost.seconds));
  const peak = (list: readonly ProcessCost[]) => median(list.map((cost) => cost.peakMegabytes));
  return {
    'M references': millions,
    'DuckDB, s': Number(seconds(costs.duckdb).toFixed(2)),
    'export, s': Number(seconds(costs.two).toFixed(2)),
    'export / DuckDB': Number((seconds(costs.two) / seconds(costs.duckdb)).toFixed(2)),
    's a M references': Number((seconds(costs.two) / millions).toFixed(3)),
    'export, 1 thread, s': Number(seconds(costs.one).toFixed(2)),
    '2 threads are faster by': Number((seconds(costs.one) / seconds(costs.two)).toFixed(2)),
    'export, peak MB': Math.round(peak(costs.two)),
  };
}

function exportWords(path: string, threads: string): readonly string[] {
  const out = join(tmpdir(), 'wavetune-benchmarks', 'wavespec.json');
  const model = ['--model', 'llama-3.1-8b', '--memory', '40GiB'];
  return ['--logs', path, ...model, '--threads', threads, '--out', out, '--quiet'];
}

const folder = join(tmpdir(), 'wavetune-benchmarks');
mkdirSync(folder, { recursive: true });
const asked = process.argv.slice(2).map(Number);
const rows = [];
for (const millions of asked.length > 0 ? asked : [1, 3, 10, 30]) {
  const path = join(folder, `requests-${millions}m.parquet`);
  if (!existsSync(path)) {
    const engine = await openEngine({ memoryLimitBytes: 2 ** 30, threads: 2 });
    await makeRequests(engine, path, millions * 1e6);
    await engine.close();
  }
  rows.push(await measure(millions, path));
}
console.table(rows);
