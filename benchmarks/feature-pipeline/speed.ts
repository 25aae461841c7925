import { DuckDBInstance } from '@duckdb/node-api';
import type { Engine } from '@wavetune/engine';
import { median } from '../support/whole-process.ts';
import { featurePipeline, fileSources, referenceSql } from './pipeline.ts';
import type { FeatureTables } from './tables.ts';

/** Tables of so many orders. */
export interface Scale {
  readonly rows: number;
  readonly tables: FeatureTables;
}

/** What one run took: from beginning to end, and on all processors together. */
interface Cost {
  readonly wallMillis: number;
  readonly cpuMillis: number;
}

/**
 * The pipeline into a table of each engine's, in turn, the first of a round in turn too; both read the same files with as
 * many threads. Where other processes share the machine, the processor time is the one to compare.
 */
export async function timePipeline(
  engine: Engine,
  { rows, tables, threads, rounds }: Scale & { readonly threads: number; readonly rounds: number },
): Promise<Record<string, string | number>> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  const plan = featurePipeline(fileSources(tables), 4);
  const plain = `CREATE OR REPLACE TABLE result AS ${referenceSql(tables)}`;
  const sides = [
    { costs: [] as Cost[], run: () => engine.saveTable(plan, 'result') },
    { costs: [] as Cost[], run: () => connection.run(plain) },
  ];
  for (const { run } of sides) await run();
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      side.costs.push(await costOf(side.run));
    }
  }
  const reader = await connection.runAndReadAll('SELECT count(*) FROM result');
  connection.closeSync();
  instance.closeSync();
  const [ours, theirs] = sides.map(({ costs }) => ({
    wallMillis: median(costs.map(({ wallMillis }) => wallMillis)),
    cpuMillis: median(costs.map(({ cpuMillis }) => cpuMillis)),
  }));
  return {
    rows,
    groups: Number(reader.getRows()[0][0]),
    'DuckDB, ms': Number(theirs.wallMillis.toFixed(1)),
    'engine, ms': Number(ours.wallMillis.toFixed(1)),
    'engine / DuckDB': Number((ours.wallMillis / theirs.wallMillis).toFixed(3)),
    'the same, CPU': Number((ours.cpuMillis / theirs.cpuMillis).toFixed(3)),
    'M rows a second': Number((rows / ours.wallMillis / 1e3).toFixed(1)),
  };
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const before = process.cpuUsage();
  const begin = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMillis: performance.now() - begin, cpuMillis: (user + system) / 1000 };
}
