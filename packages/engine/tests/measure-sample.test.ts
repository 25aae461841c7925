import { join as joinPath } from 'node:path';
import {
  aggregate,
  call,
  cast,
  col,
  fieldsOf,
  filter,
  I64,
  join,
  lit,
  type Plan,
  project,
  repartition,
  scan,
  TEXT,
} from '@wavetune/ir';
import { estimatePlan, overlayMeasured, scaleSample } from '@wavetune/metrics';
import { beforeAll, describe, expect, it } from 'vitest';
import { counted } from './support/counted.ts';
import { useScratch } from './support/scratch.ts';

const scratch = useScratch();
let orders: Plan;
let customers: Plan;

/** 300,000 orders in three row groups by 1,000 customers, of whom 700 are known. */
beforeAll(async () => {
  const file = async (plan: Plan, name: string): Promise<Plan> => {
    const path = joinPath(scratch.folder, name);
    await scratch.engine.writeParquet(plan, path);
    const columns = fieldsOf(
      name === 'orders.parquet' ? { id: I64, customer: I64 } : { key: I64, name: TEXT },
    );
    return scan({ format: 'parquet', files: [path], columns });
  };
  const many = filter(counted(6), call('lt', col('n'), lit(300_000n)));
  const mixed = call('mod', call('mul', col('n'), lit(7919n)), lit(1009n));
  orders = await file(project(many, { id: col('n'), customer: mixed }), 'orders.parquet');
  const known = filter(counted(3), call('lt', col('n'), lit(700n)));
  customers = await file(
    project(known, { key: col('n'), name: call('concat', lit('c'), cast(col('n'), TEXT)) }),
    'customers.parquet',
  );
});

function pipeline(): Plan {
  const kept = filter(orders, call('gt', col('id'), lit(30_000n)));
  const joined = join('inner', repartition(kept, [col('customer')], 8), customers, [
    [col('customer'), col('key')],
  ]);
  return aggregate(
    joined,
    { customer: col('customer'), name: col('name') },
    { n: { fn: 'count' } },
  );
}

describe('engine.measureSample', () => {
  it('measures the plan on stretches of its largest files, and the others whole', async () => {
    const sample = await scratch.engine.measureSample(pipeline(), { rows: 16_000, seed: 3 });
    expect(sample.sampled).toEqual(['$.input.left.input.input']);
    expect([sample.rows, sample.ofRows, sample.parts.length]).toEqual([16_000, 300_000, 16]);
    const rows = (nodes: typeof sample.whole.nodes, path: string) =>
      nodes.find((node) => node.path === path)?.rows ?? 0;
    for (const path of ['$.input.left.input.input', '$.input.left.input', '$.input']) {
      const parts = sample.parts.map(({ nodes }) => rows(nodes, path));
      expect(parts.reduce((sum, n) => sum + n, 0)).toBe(rows(sample.whole.nodes, path));
    }
    expect(rows(sample.whole.nodes, '$.input.right')).toBe(700);
    expect(rows(sample.parts[5].nodes, '$.input.right')).toBe(700);
  });

  it('scales to all rows within its bounds, and leaves measured what it read whole', async () => {
    const plan = pipeline();
    const tables = await scratch.engine.statistics(plan);
    const truth = await scratch.engine.measure(plan);
    let within = 0;
    for (let seed = 0; seed < 5; seed++) {
      const sample = await scratch.engine.measureSample(plan, { rows: 16_000, seed });
      const scaled = scaleSample(plan, sample, { tables, worldSize: 4 });
      for (const [i, node] of scaled.nodes.entries()) {
        const { value, bounds } = node.rows;
        expect(Math.max(value / truth.nodes[i].rows, truth.nodes[i].rows / value)).toBeLessThan(
          1.5,
        );
        if (!bounds || (bounds.low <= truth.nodes[i].rows && truth.nodes[i].rows <= bounds.high))
          within++;
      }
      const right = scaled.nodes.find(({ path }) => path === '$.input.right');
      expect(right?.rows).toMatchObject({ value: 700, provenance: 'measured' });
      expect(scaled.shuffleBytes.provenance).toBe('scaled');
    }
    expect(within / (5 * truth.nodes.length)).toBeGreaterThanOrEqual(0.9);
  });

  it('measures everything where no more rows are there than are asked for', async () => {
    const plan = pipeline();
    const tables = await scratch.engine.statistics(plan);
    const sample = await scratch.engine.measureSample(plan, { rows: 1e6, seed: 0 });
    expect([sample.parts.length, sample.rows, sample.ofRows]).toEqual([0, 300_000, 300_000]);
    const measured = overlayMeasured(estimatePlan(plan, { tables, worldSize: 2 }), sample.whole);
    expect(scaleSample(plan, sample, { tables, worldSize: 2 })).toEqual(measured);
  });

  it('samples lines and CSV by their rows, and alike where they are read twice', async () => {
    const csv = await scratch.write('keys.csv', `k\n${'5\n'.repeat(5000)}`);
    const more = await scratch.write('more.csv', `k\n${'5\n'.repeat(5000)}`);
    const keys = scan({ format: 'csv', files: [csv, more], columns: fieldsOf({ k: I64 }) });
    const lines = scan({ format: 'lines', files: [csv] });
    for (const [plan, ofRows] of [
      [keys, 10_000],
      [lines, 5001],
    ] as const) {
      const sample = await scratch.engine.measureSample(plan, { rows: 320, seed: 1 });
      expect([sample.rows, sample.ofRows]).toEqual([320, ofRows]);
      expect(sample.whole.nodes[0].rows).toBe(320);
    }
    const twice = join('semi', keys, project(keys, { other: col('k') }), [
      [col('k'), col('other')],
    ]);
    const sample = await scratch.engine.measureSample(twice, { rows: 320, seed: 1 });
    expect(sample.sampled).toEqual(['$.left', '$.right.input']);
    expect(sample.whole.nodes.map(({ rows }) => rows)).toEqual([320, 320, 320, 320]);
  });
});
