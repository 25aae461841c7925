import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aggregate,
  asc,
  BOOL,
  call,
  caseOf,
  cast,
  col,
  type Expr,
  extend,
  F64,
  filter,
  I64,
  join,
  limit,
  lit,
  optimizeInSteps,
  optimizePlan,
  PASSES,
  type Plan,
  printPlan,
  project,
  repartition,
  scan,
  schemaOf,
  sort,
  TEXT,
  tryCast,
  U64,
  union,
} from '../src/index.ts';
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

function pass(name: string): (plan: Plan) => Plan {
  const found = PASSES.find((one) => one.name === name);
  if (!found) throw new Error(`no pass is named ${name}`);
  return found.apply;
}

describe('fold-constants', () => {
  const folded = (expr: Expr): Expr => {
    const plan = pass('fold-constants')(extend(requests, { x: expr }));
    return plan.kind === 'extend' ? plan.columns[0].expr : expr;
  };

  it.each<[Expr, Expr]>([
    [call('add', lit(2n), call('mul', lit(3n), lit(4n))), lit(14n)],
    [call('div', lit(-7n), lit(2n)), lit(-3n)],
    [call('div', lit(1n), lit(0n)), lit(null, I64)],
    [call('mod', lit(-7n), lit(2n)), lit(-1n)],
    [call('div', lit(1), lit(0)), lit(Number.POSITIVE_INFINITY)],
    [call('add', col('tokens'), lit(null, I64)), lit(null, I64)],
    [call('lt', col('tokens'), lit(null, I64)), lit(null, BOOL)],
    [call('and', call('gt', col('tokens'), lit(0n)), lit(false)), lit(false)],
    [call('coalesce', lit(null, I64), col('tokens')), col('tokens')],
    [call('coalesce', lit(5n), col('tokens')), lit(5n)],
    [call('greatest', lit(null, F64), lit(Number.NaN), lit(1)), lit(Number.NaN)],
    [call('concat', lit('a'), lit('b'), lit('')), lit('ab')],
    [cast(lit(3n), F64), lit(3)],
    [tryCast(lit(-1n), U64), lit(null, U64)],
    [cast(lit(2n ** 64n - 1n, U64), TEXT), lit('18446744073709551615')],
    [caseOf([[call('is_null', lit('x')), lit(1n)]], call('add', lit(1n), lit(1n))), lit(2n)],
  ])('folds %j', (expr, wanted) => {
    expect(folded(expr)).toEqual(wanted);
  });

  it.each([
    ['what overflows', call('add', lit(2n ** 63n - 1n), lit(1n))],
    ['a cast that does not fit', cast(lit(-1n), U64)],
    ['what engines round or spell in their own way', cast(lit(2.5), I64)],
    ['what no constant decides', call('and', lit(null, BOOL), call('gt', col('tokens'), lit(0n)))],
  ])('leaves %s to the query', (_, expr) => {
    expect(folded(expr)).toBe(expr);
  });

  it('folds wherever an expression stands', () => {
    const two = call('add', lit(1n), lit(1n));
    const plan = aggregate(
      sort(filter(requests, call('gt', col('tokens'), two)), asc(call('mul', col('tokens'), two))),
      { k: call('mod', col('tokens'), two) },
      { s: { fn: 'sum', args: [call('mul', col('seconds'), two)] } },
    );
    expect(printPlan(pass('fold-constants')(plan))).not.toContain('add');
  });
});

describe('push-filters', () => {
  it('splits a filter between the sides of a join, an inner column and every input of a union', () => {
    const dims = project(requests, { id: col('tenant'), weight: col('tokens') });
    const joined = join('inner', requests, dims, [[col('tenant'), col('id')]]);
    const sized = extend(joined, { size: call('add', col('tokens'), col('weight')) });
    const all = call(
      'and',
      isLong,
      call('lt', col('weight'), lit(5n)),
      call('gt', col('size'), lit(7n)),
    );
    expect(printPlan(pass('push-filters')(filter(union(sized, sized), all)))).toBe(
      [
        'union',
        ...Array(2).fill(
          [
            '  filter gt(size, 7)',
            '    extend size = add(tokens, weight)',
            '      inner join on tenant = id',
            '        filter gt(tokens, 100)',
            '          scan parquet requests.parquet (tenant, tokens, seconds)',
            '        project id = tenant, weight = tokens',
            '          filter lt(tokens, 5)',
            '            scan parquet requests.parquet (tenant, tokens, seconds)',
          ].join('\n'),
        ),
      ].join('\n'),
    );
  });

  it('stays above limits, and above the side of a join that is padded with nulls', () => {
    const dims = project(requests, { id: col('tenant') });
    const left = join('left', requests, dims, [[col('tenant'), col('id')]]);
    const isPadded = call('is_null', col('id'));
    for (const plan of [filter(left, isPadded), filter(limit(requests, 5), isLong)]) {
      expect(pass('push-filters')(plan)).toBe(plan);
    }
  });
});

describe('merge-projects', () => {
  it('merges computed columns that cost nothing twice, and drops what selects all there is', () => {
    const once = extend(requests, { copy: col('tokens'), long: call('lower', col('tenant')) });
    const twice = extend(once, { doubled: call('add', col('copy'), col('copy')) });
    const all = project(
      twice,
      Object.fromEntries(schemaOf(twice).map(({ name }) => [name, col(name)])),
    );
    expect(printPlan(pass('merge-projects')(filter(all, isLong)))).toBe(
      [
        'filter gt(tokens, 100)',
        '  project tenant, tokens, seconds, copy = tokens, long = lower(tenant), doubled = add(tokens, tokens)',
        '    scan parquet requests.parquet (tenant, tokens, seconds)',
      ].join('\n'),
    );
    const idle = project(requests, {
      tenant: col('tenant'),
      tokens: col('tokens'),
      seconds: col('seconds'),
    });
    expect(pass('merge-projects')(idle)).toBe(requests);
  });
});

describe('drop-repartitions', () => {
  it('keeps the uppermost of those with row-wise steps between them, and others', () => {
    const spread = repartition(requests, [col('tenant')], 4);
    const again = repartition(filter(spread, isLong), [col('tokens')], 4);
    const counted = aggregate(again, { tenant: col('tenant') }, { n: { fn: 'count' } });
    expect(printPlan(pass('drop-repartitions')(repartition(counted, [col('n')], 2)))).toBe(
      [
        'repartition by (n) into 2',
        '  aggregate by (tenant) n = count()',
        '    repartition by (tokens) into 4',
        '      filter gt(tokens, 100)',
        '        scan parquet requests.parquet (tenant, tokens, seconds)',
      ].join('\n'),
    );
  });
});

describe('push-to-parquet', () => {
  const INTEGERS = [0n, 1n, -1n, 2n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n];
  const BOUNDS = [0, -0, 0.5, -0.5, 1, 1.5, 2 ** 53 - 1, 2 ** 53, -1e300, Number.NaN, Infinity];
  const rows = [...INTEGERS.map((n) => [String(n)]), [null]];
  const values = scan({ format: 'values', columns: [{ name: 'tokens', type: I64 }], rows });

  it('compares the column itself, with the rows that its cast would give', () => {
    const comparisons = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...comparisons),
        fc.constantFrom(...BOUNDS),
        fc.boolean(),
        (fn, bound, isMirrored) => {
          const side = cast(col('tokens'), F64);
          const args = isMirrored ? [lit(bound), side] : [side, lit(bound)];
          const plan = filter(requests, call(fn, ...args));
          const after = pass('push-to-parquet')(plan);
          const isKept = after === plan;
          const hasFraction = (fn === 'eq' || fn === 'ne') && !Number.isInteger(bound);
          expect(isKept).toBe(hasFraction || !(Math.abs(bound) < 2 ** 53));
          const over = (p: Plan): string[] =>
            p.kind === 'filter' ? interpret({ ...p, input: values }).map(rowText) : [];
          expect(over(after)).toEqual(over(plan));
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('optimizeInSteps', () => {
  it('tells the plan behind each pass, and the same object where one changed nothing', () => {
    const plan = filter(
      project(requests, { size: col('tokens') }),
      call('gt', col('size'), lit(1n)),
    );
    const steps = optimizeInSteps(plan);
    expect(steps.map(({ pass: name }) => name)).toEqual(PASSES.map(({ name }) => name));
    const changing = steps.flatMap((step, i) =>
      step.plan === (steps[i - 1]?.plan ?? plan) ? [] : [step.pass],
    );
    expect(changing).toEqual(['push-filters', 'prune-columns']);
    expect(steps.at(-1)?.plan).toEqual(optimizePlan(plan));
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
