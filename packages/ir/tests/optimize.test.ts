import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aggregate,
  BOOL,
  call,
  col,
  extend,
  filter,
  I64,
  join,
  lit,
  optimizePlan,
  PASSES,
  printPlan,
  project,
  scan,
  schemaOf,
  TEXT,
  verifyPlan,
} from '../src/index.ts';
import { generatePlan } from './support/generate-plan.ts';
import { interpret, rowText } from './support/interpret.ts';

const requests = scan({
  format: 'parquet',
  files: ['requests.parquet'],
  columns: [
    { name: 'tenant', type: TEXT },
    { name: 'tokens', type: I64 },
    { name: 'seconds', type: I64 },
  ],
});
const isLong = call('gt', col('tokens'), lit(100n));

describe.each(PASSES)('pass $name', (pass) => {
  it('keeps the schema and the rows, and gives the same object where it changes nothing', () => {
    fc.assert(
      fc.property(fc.gen(), fc.integer({ min: 1, max: 5 }), (g, depth) => {
        const plan = generatePlan(g, depth);
        const after = verifyPlan(pass.apply(plan));
        expect(schemaOf(after)).toEqual(schemaOf(plan));
        expect(interpret(after).map(rowText).sort()).toEqual(interpret(plan).map(rowText).sort());
        expect(JSON.stringify(after) === JSON.stringify(plan)).toBe(after === plan);
      }),
      { numRuns: 200 },
    );
  });
});

describe('optimizePlan', () => {
  it('sinks a filter to its side of a join and reads only what is used', () => {
    const tenants = scan({
      format: 'parquet',
      files: ['tenants.parquet'],
      columns: [
        { name: 'id', type: TEXT },
        { name: 'plan', type: TEXT },
        { name: 'since', type: I64 },
      ],
    });
    const joined = join('left', requests, tenants, [[col('tenant'), col('id')]]);
    const sized = extend(filter(joined, isLong), { heavy: call('mul', col('tokens'), lit(2n)) });
    const plan = aggregate(sized, { plan: col('plan') }, { requests: { fn: 'count' } });
    expect(printPlan(optimizePlan(plan))).toBe(
      [
        'aggregate by (plan) requests = count()',
        '  left join on tenant = id',
        '    filter gt(tokens, 100)',
        '      scan parquet requests.parquet (tenant, tokens)',
        '    scan parquet tenants.parquet (id, plan)',
      ].join('\n'),
    );
  });

  it('merges filters and projects, and drops a filter that lets every row pass', () => {
    const renamed = project(requests, { who: col('tenant'), size: col('tokens') });
    const twice = filter(
      filter(renamed, call('gt', col('size'), lit(1n))),
      call('or', lit(true), lit(null, BOOL)),
    );
    const plan = project(twice, { doubled: call('add', col('size'), col('size')) });
    expect(printPlan(optimizePlan(plan))).toBe(
      [
        'project doubled = add(tokens, tokens)',
        '  filter gt(tokens, 1)',
        '    scan parquet requests.parquet (tokens)',
      ].join('\n'),
    );
  });

  it('does not compute an expression twice to save a projection', () => {
    const costly = project(requests, { long: call('lower', col('tenant')) });
    const plan = project(costly, { a: col('long'), b: call('length', col('long')) });
    expect(PASSES.find(({ name }) => name === 'merge-projects')?.apply(plan)).toBe(plan);
  });

  it('leaves alone what it would nest too deep', () => {
    let plan = project(requests, { tokens: col('tokens') });
    for (let i = 0; i < 180; i++)
      plan = project(plan, { tokens: call('add', col('tokens'), lit(1n)) });
    expect(schemaOf(optimizePlan(plan))).toEqual([{ name: 'tokens', type: I64 }]);
  });
});
