import { describe, expect, it } from 'vitest';
import {
  decodeDatajaxTrace,
  encodeDatajaxTrace,
  encodePlan,
  planFormatOf,
  rhsTagsOf,
} from '../src/index.ts';
import { codeOf, failureOf } from './support/code-of.ts';
import { input, map, operation, orders, regionJoin } from './support/datajax-steps.ts';

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

  it('refuses floats that JSON has not', () => {
    expect(codeOf(() => decodeDatajaxTrace('[{"type":"input","schema":[1e400]}]'))).toBe(
      'ir.bad-trace',
    );
    const filter = { type: 'filter', predicate: { kind: 'lit', value: Number.NaN } } as const;
    expect(codeOf(() => encodeDatajaxTrace([filter]))).toBe('ir.bad-trace');
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
    ['ir.unknown-operator', '$[1].expr.op', map(operation('bin', 'pow'))],
    ['ir.unknown-operator', '$[1].expr.op', map(operation('cmp', 'like'))],
    ['ir.unknown-operator', '$[1].expr.kind', map(operation('call', 'sqrt'))],
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
