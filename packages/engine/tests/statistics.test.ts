import { join } from 'node:path';
import { call, col, F64, fieldsOf, I64, lit, type Plan, project, scan, TEXT } from '@wavetune/ir';
import { describe, expect, it } from 'vitest';
import { counted } from './support/counted.ts';
import { useScratch } from './support/scratch.ts';

const scratch = useScratch();
const columns = fieldsOf({ n: I64, share: F64, name: TEXT });

/** Rows n = 0 … 9,999, a hundred names. */
const rows: Plan = project(counted(4), {
  n: col('n'),
  share: call('div', { kind: 'cast', of: col('n'), to: F64, mode: 'strict' }, lit(10_000)),
  name: call('concat', lit('name '), {
    kind: 'cast',
    of: call('mod', col('n'), lit(100n)),
    to: TEXT,
    mode: 'strict',
  }),
});

describe('engine.statistics', () => {
  it('reads of Parquet what its footers say, and widths off the first rows', async () => {
    const path = join(scratch.folder, 'rows.parquet');
    await scratch.engine.writeParquet(rows, path);
    const plan = scan({ format: 'parquet', files: [path], columns });
    const known = (await scratch.engine.statistics(plan))(plan.source);
    expect(known).toEqual({
      rows: 10_000,
      columns: {
        n: { min: 0, max: 9999, nullShare: 0, distincts: 10_000, bytes: 8 },
        share: { min: 0, max: 0.9999, nullShare: 0, bytes: 8 },
        name: { nullShare: 0, distincts: 100, bytes: expect.closeTo(6.9, 1) },
      },
    });
  });

  it('counts the rows of a CSV, of lines and of a table', async () => {
    const csv = await scratch.write('a.csv', `n,share,name\n${'1,0.5,ab\n'.repeat(3000)}`);
    await scratch.engine.saveTable(rows, 'held');
    const sources = [
      scan({ format: 'csv', files: [csv], columns }),
      scan({ format: 'lines', files: [csv, csv] }),
      scan({ format: 'table', name: 'held', columns }),
    ];
    const found = await Promise.all(
      sources.map(async (plan) => (await scratch.engine.statistics(plan))(plan.source)),
    );
    expect(found.map((known) => known?.rows)).toEqual([3000, 6002, 10_000]);
    expect(found[0]?.columns?.name).toEqual({ bytes: 2 });
  });

  it('knows nothing of sources that are not in the plan', async () => {
    const lookup = await scratch.engine.statistics(counted(1));
    expect(lookup({ format: 'table', name: 'other', columns })).toBeUndefined();
  });
});
