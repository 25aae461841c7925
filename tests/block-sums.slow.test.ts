import { join } from 'node:path';
import { openClickhouseEngine } from '@wavetune/clickhouse';
import { openEngine, type QueryEngine } from '@wavetune/engine';
import {
  addBlockSums,
  blockScoresPlan,
  blockSumsPlan,
  readTrace,
  scanBlockSums,
} from '@wavetune/ingest';
import { asc, col, type Plan, sort } from '@wavetune/ir';
import { openSparkEngine, type SparkEngine } from '@wavetune/spark';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChdbServer } from '../packages/clickhouse/tests/support/chdb-server.ts';
import { sharedCluster, whyNoCluster } from '../packages/spark/tests/support/cluster.ts';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const scratch = scratchFolder('block-sums');
const HALF_LIFE = 60_000;

/** Three logs, each counted by itself; the first two at one landmark. */
async function countLogs() {
  const engine = await openEngine({ memoryLimitBytes: 2 ** 28 });
  const parts = [
    { seed: 1, landmark: 20 },
    { seed: 2, landmark: 20 },
    { seed: 3, landmark: 23 },
  ];
  const files: string[] = [];
  for (const { seed, landmark } of parts) {
    const log = join(scratch, `${seed}.jsonl`);
    const words = ['--requests', '400', '--ids', 'u64', '--seed', `${seed}`, '--out', log];
    expect((await runCli('make-trace', words)).status).toBe(0);
    const trace = await readTrace({ files: [log], format: 'auto', engine });
    const score = { halfLifeMillis: HALF_LIFE, landmarkMillis: landmark * HALF_LIFE };
    files.push(join(scratch, `${seed}.parquet`));
    await engine.writeParquet(blockSumsPlan(trace, score), files.at(-1) ?? '');
  }
  const compacted = join(scratch, 'compacted.parquet');
  await engine.writeParquet(addBlockSums(files.slice(0, 2).map(scanBlockSums)), compacted);
  return { engine, files, compacted };
}

const rowsOf = (engine: QueryEngine, plan: Plan) =>
  engine.rows(sort(plan, asc(col('id')), asc(col('parent')), asc(col('depth'))));

type Counted = Awaited<ReturnType<typeof countLogs>>;

let counted: Counted;
beforeAll(async () => {
  counted = await countLogs();
});
afterAll(() => counted?.engine.close());

/** The rows that `other` gives are those of the embedded engine, to the bit, compacted or not. */
async function expectSame(other: QueryEngine, { engine, files, compacted }: Counted) {
  const [first, second, third] = files.map(scanBlockSums);
  const late = { landmark: 23, sums: [third] };
  const plain = blockScoresPlan([{ landmark: 20, sums: [first, second] }, late], 25);
  const folded = blockScoresPlan([late, { landmark: 20, sums: [scanBlockSums(compacted)] }], 25);
  const expected = await rowsOf(engine, plain);
  expect(expected.length).toBeGreaterThan(1000);
  expect(await rowsOf(engine, folded)).toEqual(expected);
  expect(await rowsOf(other, plain)).toEqual(expected);
  expect(await rowsOf(other, folded)).toEqual(expected);
  const sums = addBlockSums([second, first]);
  expect(await rowsOf(other, sums)).toEqual(await rowsOf(engine, sums));
}

describe('block sums on ClickHouse', () => {
  it('add up to the same rows as on DuckDB, to the bit, compacted or not', async () => {
    const server = await startChdbServer();
    const engine = openClickhouseEngine(`clickhouse://127.0.0.1:${server.port}`);
    try {
      await expectSame(engine, counted);
    } finally {
      await engine.close();
      await server.close();
    }
  });
});

describe.skipIf(whyNoCluster() !== undefined)('block sums on Spark', () => {
  let spark: SparkEngine;
  beforeAll(async () => {
    spark = await openSparkEngine((await sharedCluster()).url);
  }, 180_000);
  afterAll(() => spark?.close());

  it('add up to the same rows as on DuckDB, to the bit, compacted or not', async () => {
    await expectSame(spark, counted);
  });
});
