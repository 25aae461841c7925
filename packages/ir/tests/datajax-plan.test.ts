import { existsSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { canonicalJson } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import {
  aggregate,
  asc,
  call,
  col,
  datajaxTraceOfPlan,
  decodeDatajaxTrace,
  encodeDatajaxTrace,
  extend,
  F64,
  fieldsOf,
  filter,
  I64,
  join,
  limit,
  lit,
  type Plan,
  planOfDatajaxTrace,
  printPlan,
  repartition,
  rhsTagsOf,
  scan,
  sort,
  U64,
} from '../src/index.ts';
import { codeOf, failureOf } from './support/code-of.ts';
import {
  column,
  constant,
  input,
  map,
  operation,
  orders,
  qty,
  regionJoin,
  regions,
} from './support/datajax-steps.ts';
import { interpret } from './support/interpret.ts';

const SHARED =
  process.env.WAVETUNE_SHARED_DATA ?? joinPath(import.meta.dirname, '../../../../shared/data');
const GOLDEN = joinPath(SHARED, 'golden/datajax/trace.json');

describe.skipIf(!existsSync(GOLDEN))(`the golden trace (skipped without ${GOLDEN})`, () => {
  const text = existsSync(GOLDEN) ? readFileSync(GOLDEN, 'utf8') : '';

  it('round-trips byte for byte after canonicalisation', () => {
    const canonical = canonicalJson(JSON.parse(text));
    expect(encodeDatajaxTrace(decodeDatajaxTrace(text))).toBe(canonical);
  });

  it('names what must be bound, and means this plan', () => {
    const trace = decodeDatajaxTrace(text);
    expect(rhsTagsOf(trace)).toEqual([
      { tag: 'step3', path: '$[3]', columns: ['user_id', 'region'] },
    ]);
    const plan = planOfDatajaxTrace(trace, { input: orders, rhs: { step3: regions }, parts: 4 });
    expect(printPlan(plan)).toBe(
      [
        'aggregate by (user_id) revenue = sum(mul(unit_price, strict_cast(qty as f64)))',
        '  extend revenue = mul(unit_price, strict_cast(qty as f64))',
        '    project user_id, unit_price, qty, region',
        '      inner join on user_id = user_id_right',
        '        filter gt(qty, 1)',
        '          repartition by (user_id) into 4',
        '            scan values, 4 rows',
        '        project user_id_right = user_id, region',
        '          scan values, 2 rows',
      ].join('\n'),
    );
    expect(interpret(plan)).toEqual([
      [1n, 30],
      [2n, 15],
    ]);
  });
});

describe('planOfDatajaxTrace', () => {
  const planned = (...steps: object[]) =>
    planOfDatajaxTrace(decodeDatajaxTrace(JSON.stringify([input, ...steps])), {
      input: orders,
      rhs: { regions },
    });

  it.each<[string, string, object]>([
    ['ir.unbound-table', '$[1].rhs_tag', { ...regionJoin, rhs_tag: 'region' }],
    ['ir.unbound-table', '$[1].rhs_tag', { ...regionJoin, rhs_tag: null }],
    ['ir.unknown-column', '$[1].left_on[0]', { ...regionJoin, left_on: ['user'] }],
    ['ir.unknown-column', '$[1].right_on[0]', { ...regionJoin, right_on: ['id'] }],
    [
      'ir.unknown-column',
      '$[1].right_columns[1]',
      { ...regionJoin, right_columns: ['user_id', 'r'] },
    ],
    ['ir.bad-trace', '$[1]', { ...regionJoin, left_on: ['user_id', 'qty'] }],
    ['ir.wrong-type', '$[1].right_on[0]', { ...regionJoin, right_on: ['region'] }],
    ['ir.unknown-column', '$[1].expr.left.name', map(operation('bin', 'add', column('q')))],
    ['ir.wrong-type', '$[1].expr.right', map(operation('cmp', 'lt', qty, constant('a')))],
    ['ir.wrong-type', '$[1].expr.left', map(operation('logic', 'and', qty, constant(true)))],
    ['ir.wrong-type', '$[1].predicate', { type: 'filter', predicate: qty }],
    ['ir.unknown-column', '$[1].columns[0]', { type: 'project', columns: ['nope'] }],
    ['ir.duplicate-column', '$[1]', { type: 'project', columns: ['qty', 'qty'] }],
    ['ir.duplicate-column', '$[1]', { ...map(qty), output: 'QTY' }],
    [
      'ir.bad-trace',
      '$[1].spec',
      { type: 'repartition', spec: { kind: null, key: null, axis: null } },
    ],
  ])('refuses by %s at %s (%#)', (code, path, step) => {
    expect(failureOf(() => planned(step))).toEqual({ code, path });
  });

  it('refuses suffixes that give two columns one name', () => {
    const both = { ...regionJoin, left_on: ['qty'], right_columns: undefined };
    expect(planned(both)).toBeDefined();
    expect(() => planned({ ...both, suffixes: ['_same', '_same'] })).toThrow(
      'ir.bad-suffixes: the suffixes at $[1].suffixes are such that two columns are named "user_id_same"',
    );
  });

  it("has SQL's nulls, where pandas matches null keys, keeps what is not equal to null and drops null groups", () => {
    const table = scan({
      format: 'values',
      columns: fieldsOf({ user_id: I64, unit_price: F64, qty: I64 }),
      rows: [
        [null, '1', null],
        ['1', '2', '3'],
        [null, null, '4'],
      ],
    });
    const rowsOf = (...steps: object[]) =>
      interpret(
        planOfDatajaxTrace(decodeDatajaxTrace(JSON.stringify([input, ...steps])), {
          input: table,
          rhs: { same: table },
        }),
      );
    const keys = { left_on: ['user_id'], right_on: ['user_id'], rhs_tag: 'same' };
    expect(rowsOf({ type: 'join', ...keys, how: 'semi' })).toEqual([[1n, 2, 3n]]);
    expect(rowsOf({ type: 'filter', predicate: operation('cmp', 'ne', qty, constant(3)) })).toEqual(
      [[null, null, 4n]],
    );
    const price = column('unit_price');
    const sums = {
      type: 'aggregate',
      key: qty,
      key_alias: 'k',
      value: price,
      value_alias: 's',
      agg: 'sum',
    };
    expect(rowsOf(sums)).toEqual([
      [null, 1],
      [3n, 2],
      [4n, null],
    ]);
  });

  it('says what is not bound and what is', () => {
    expect(() => planned({ ...regionJoin, rhs_tag: 'region' })).toThrow(
      'ir.unbound-table: no table is bound to "region" at $[1].rhs_tag; bound are regions',
    );
  });

  it('refuses a trace of 10,000 steps by code', () => {
    const filter = {
      type: 'filter',
      predicate: { kind: 'cmp', op: 'gt', left: qty, right: constant(0) },
    };
    expect(codeOf(() => planned(...Array(10_000).fill(filter)))).toBe('ir.too-deep');
    const maps = Array.from(
      { length: 10_000 },
      (_, i) => ({ type: 'map', output: `c${i}`, expr: qty }) as const,
    );
    const begin = performance.now();
    expect(codeOf(() => planned(...maps))).toBe('ir.too-deep');
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

describe('datajaxTraceOfPlan', () => {
  it('writes what datajax would', () => {
    const plan = planOfDatajaxTrace(
      decodeDatajaxTrace(JSON.stringify([input, { ...regionJoin, rhs_tag: 'values' }])),
      { input: orders, rhs: { values: regions } },
    );
    const { trace, rhs } = datajaxTraceOfPlan(plan);
    expect(encodeDatajaxTrace(trace)).toBe(
      canonicalJson([input, { ...regionJoin, rhs_tag: 'values' }]),
    );
    expect(rhs).toEqual({ values: regions });
  });

  it.each<[string, Plan]>([
    ['$', limit(orders, 1)],
    ['$.input', filter(sort(orders, asc(col('qty'))), call('gt', col('qty'), lit(1n)))],
    ['$.columns[0].expr', extend(orders, { x: call('not', call('is_null', col('qty'))) })],
    ['$.columns[0].expr', extend(orders, { x: lit(1n, U64) })],
    ['$.columns[0].expr', extend(orders, { x: lit(Number.NaN) })],
    ['$', aggregate(orders, { k: col('qty') }, { a: { fn: 'count' }, b: { fn: 'count' } })],
    ['$', repartition(orders, [col('qty'), col('user_id')], 4)],
    [
      '$.right',
      join('semi', orders, filter(regions, lit(true)), [[col('user_id'), col('user_id')]]),
    ],
  ])('refuses with the path %s (%#)', (path, plan) => {
    expect(failureOf(() => datajaxTraceOfPlan(plan))).toEqual({ code: 'ir.not-expressible', path });
  });

  it('refuses a plan nested 10,000 deep by code', () => {
    let plan: Plan = orders;
    for (let i = 0; i < 10_000; i++) plan = { kind: 'limit', input: plan, count: 1, offset: 0 };
    expect(codeOf(() => datajaxTraceOfPlan(plan))).toBe('ir.too-deep');
  });
});
