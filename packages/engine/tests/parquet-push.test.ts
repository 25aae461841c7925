import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  aggregate,
  call,
  cast,
  col,
  extend,
  F64,
  fieldsOf,
  filter,
  I64,
  lit,
  optimizePlan,
  type Plan,
  project,
  scan,
  TEXT,
} from '@wavetune/ir';
import { duckdb, planOf, toSql } from '@wavetune/sql';
import { beforeAll, describe, expect, it } from 'vitest';
import { useScratch } from './support/scratch.ts';

const ROWS = 600_000;
const COUNTERS = '/proc/self/io';
const scratch = useScratch();
let path = '';

/** Five row groups, ids ascending; `noise` is most of the bytes. */
beforeAll(async () => {
  const lines = Array.from(
    { length: ROWS },
    (_, i) => `${i},${i % 97},${Math.imul(i, 0x9e3779b1)}x`,
  );
  const csv = await scratch.write('log.csv', `id,size,noise\n${lines.join('\n')}\n`);
  const columns = fieldsOf({ id: I64, size: I64, noise: TEXT });
  path = join(scratch.folder, 'log.parquet');
  await scratch.engine.writeParquet(scan({ format: 'csv', files: [csv], columns }), path);
});

function log(): Plan {
  return scan({
    format: 'parquet',
    files: [path],
    columns: fieldsOf({ id: I64, size: I64, noise: TEXT }),
  });
}

const sum = { total: { fn: 'sum', args: [col('size')] } } as const;
const late = call('gt', col('id'), lit(BigInt(ROWS - 1000)));

interface Operator {
  readonly name: string;
  readonly extra_info: Readonly<Record<string, unknown>>;
  readonly children: readonly Operator[];
}

/** What DuckDB says that its Parquet reader does for a plan. */
async function readerOf(plan: Plan): Promise<Operator['extra_info']> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const explained = await connection.runAndReadAll(planOf(toSql(plan, { dialect: duckdb })));
  connection.closeSync();
  instance.closeSync();
  const [root] = JSON.parse(String(explained.getRows()[0][1])) as [Operator];
  const walk = (node: Operator): Operator[] => [node, ...node.children.flatMap(walk)];
  const reader = walk(root).find(({ name }) => name.trim() === 'READ_PARQUET');
  if (!reader) throw new Error(`no reader of Parquet in ${JSON.stringify(root)}`);
  return reader.extra_info;
}

/** The bytes that this process reads while the query runs. */
async function bytesRead(plan: Plan): Promise<number> {
  const read = (): number => Number(/rchar: (\d+)/.exec(readFileSync(COUNTERS, 'utf8'))?.[1]);
  const before = read();
  await scratch.engine.rows(plan);
  return read() - before;
}

describe('a plan over Parquet', () => {
  it('reads only the columns that it uses, and filters in the reader', async () => {
    const sized = extend(log(), { loud: call('lower', col('noise')) });
    const plan = aggregate(filter(sized, late), {}, sum);
    const { Projections, Filters } = await readerOf(optimizePlan(plan));
    expect(Projections).toBe('size');
    expect(Filters).toBe(`id>${ROWS - 1000}`);
  });

  it('filters in the reader through projections, casts and constants to fold', async () => {
    const renamed = project(log(), { key: col('id'), size: col('size') });
    const bound = call('sub', lit(ROWS), lit(1000.5));
    const plan = filter(renamed, call('le', bound, cast(col('key'), F64)));
    expect((await readerOf(optimizePlan(aggregate(plan, {}, sum)))).Filters).toBe(
      `id>=${ROWS - 1000}`,
    );
  });

  it.skipIf(!existsSync(COUNTERS))(
    `skips columns and row groups (skipped without ${COUNTERS})`,
    async () => {
      const all = { rows: { fn: 'count', args: [col('noise')] }, ...sum } as const;
      const everything = await bytesRead(aggregate(log(), {}, all));
      const oneColumn = await bytesRead(aggregate(log(), {}, sum));
      const oneGroup = await bytesRead(aggregate(filter(log(), late), {}, all));
      const throughCast = call('gt', cast(col('id'), F64), lit(ROWS - 1000.5));
      const cutByCast = await bytesRead(aggregate(filter(log(), throughCast), {}, all));
      expect(oneColumn).toBeLessThan(everything / 3);
      expect(oneGroup).toBeLessThan(everything / 3);
      expect(cutByCast).toBeLessThan(everything / 3);
    },
  );
});
