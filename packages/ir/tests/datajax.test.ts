import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, isWavetuneError } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import {
  decodeDatajaxTrace,
  encodeDatajaxTrace,
  encodePlan,
  F64,
  fieldsOf,
  I64,
  planFormatOf,
  planOfDatajaxTrace,
  printPlan,
  rhsTagsOf,
  scan,
  TEXT,
} from '../src/index.ts';
import { codeOf } from './support/code-of.ts';
import { interpret } from './support/interpret.ts';

const SHARED =
  process.env.WAVETUNE_SHARED_DATA ?? join(import.meta.dirname, '../../../../shared/data');
const GOLDEN = join(SHARED, 'golden/datajax/trace.json');

const orders = scan({
  format: 'values',
  columns: fieldsOf({ user_id: I64, unit_price: F64, qty: I64 }),
  rows: [
    ['1', '10', '2'],
    ['2', '5', '3'],
    ['1', '2', '5'],
    ['3', '4', '1'],
  ],
});
const regions = scan({
  format: 'values',
  columns: fieldsOf({ user_id: I64, region: TEXT }),
  rows: [
    ['1', 'US'],
    ['2', 'CA'],
  ],
});

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

const input = { type: 'input', schema: ['user_id', 'unit_price', 'qty'] };
const regionJoin = {
  type: 'join',
  left_on: ['user_id'],
  right_on: ['user_id'],
  how: 'left',
  right_columns: ['user_id', 'region'],
  suffixes: ['_x', '_y'],
  rhs_tag: 'regions',
};

describe('decodeDatajaxTrace', () => {
  const decoded = (...steps: object[]) => decodeDatajaxTrace(JSON.stringify([input, ...steps]));

  it('keeps null, floats that are whole, and integers past 2^53', () => {
    const lits = ['1', '1.0', '18446744073709551615', '-0.0', '0.1', 'null', '"x"', 'true'];
    const steps = lits.map(
      (value) => `{"expr":{"kind":"lit","value":${value}},"output":"x","type":"map"}`,
    );
    const text = `[{"schema":["a"],"type":"input"},${steps.join(',')}]`;
    expect(encodeDatajaxTrace(decodeDatajaxTrace(text))).toBe(text);
  });

  it('reads the traces of older versions, which leave out suffixes and write a key as text', () => {
    const { suffixes: _, rhs_tag: __, ...old } = regionJoin;
    const trace = decoded({ ...old, left_on: 'user_id', right_on: 'user_id' });
    expect(rhsTagsOf(trace).map(({ tag }) => tag)).toEqual(['step1']);
  });

  it.each<[string, string, unknown]>([
    ['ir.unknown-step', '$[1].type', { type: 'explode' }],
    ['ir.unknown-step', '$[1].type', {}],
    ['ir.unknown-operator', '$[1].how', { ...regionJoin, how: 'cross' }],
    ['ir.unknown-operator', '$[1].expr.op', operation('bin', 'pow')],
    ['ir.unknown-operator', '$[1].expr.op', operation('cmp', 'like')],
    ['ir.unknown-operator', '$[1].expr.kind', operation('call', 'sqrt')],
    ['ir.unknown-operator', '$[1].spec.kind', { type: 'repartition', spec: { kind: 'ring' } }],
    ['ir.bad-suffixes', '$[1].suffixes', { ...regionJoin, suffixes: ['_x'] }],
    ['ir.bad-suffixes', '$[1].suffixes', { ...regionJoin, suffixes: ['_x', null] }],
    ['ir.bad-trace', '$[1]', { ...regionJoin, extra: 1 }],
    ['ir.bad-trace', '$[1]', input],
    ['ir.bad-trace', '$[1].columns[0]', { type: 'project', columns: [7] }],
  ])('refuses by %s at %s (%#)', (code, path, step) => {
    expect(failureOf(() => decoded(step as object))).toEqual({ code, path });
  });

  it('refuses what is no JSON, no array, or begins with no input', () => {
    for (const text of ['{', '{}', '[]', '[{"type":"project","columns":[]}]', '[NaN]']) {
      expect(codeOf(() => decodeDatajaxTrace(text))).toBe('ir.bad-trace');
    }
  });

  it('refuses nesting of 10,000 by code, without a stack overflow', () => {
    const deep = `${'{"kind":"rename","alias":"x","expr":'.repeat(10_000)}null${'}'.repeat(10_000)}`;
    const text = `[{"type":"input","schema":["x"]},{"type":"filter","predicate":${deep}}]`;
    expect(codeOf(() => decodeDatajaxTrace(text))).toBe('ir.too-deep');
  });
});

describe('planFormatOf', () => {
  it('tells plans from one another and from requests', () => {
    const ours = encodePlan(orders);
    expect(planFormatOf(ours)).toBe('ir');
    expect(planFormatOf(JSON.stringify(JSON.parse(ours), null, 2))).toBe('ir');
    expect(planFormatOf('{ "schema": "ir/7", "plan": {}}')).toBe('ir');
    expect(planFormatOf(JSON.stringify([input], null, 1))).toBe('datajax');
    const mooncake = '{"timestamp":0,"input_length":1,"output_length":1,"hash_ids":[0]}';
    for (const other of [mooncake, '', 'key,size\n', '[1700000000.1, [["BlockStored"]]]', 'PAR1']) {
      expect(planFormatOf(other)).toBe(undefined);
    }
  });
});

function operation(kind: string, op: string): object {
  const x = { kind: 'col', name: 'qty' };
  return { type: 'map', output: 'y', expr: { kind, op, left: x, right: x } };
}

function failureOf(act: () => unknown): { code: string; path: unknown } {
  try {
    act();
  } catch (error) {
    if (!isWavetuneError(error)) throw error;
    return { code: error.code, path: (error.details as { path?: string }).path };
  }
  throw new Error('nothing was thrown');
}
