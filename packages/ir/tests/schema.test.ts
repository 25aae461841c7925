import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aggregate,
  call,
  col,
  type Expr,
  extend,
  F64,
  field,
  filter,
  I64,
  join,
  limit,
  listOf,
  lit,
  type Plan,
  parseJson,
  project,
  repartition,
  scan,
  schemaOf,
  structOf,
  TEXT,
  typeName,
  U64,
  union,
  unnest,
  verifyPlan,
} from '../src/index.ts';
import { codeOf } from './support/code-of.ts';
import { generatePlan } from './support/generate-plan.ts';
import { interpret } from './support/interpret.ts';

const lines = scan({ format: 'lines', files: ['trace.jsonl'] });
const record = structOf({ timestamp: F64, hash_ids: listOf(U64) });
const ids = scan({ format: 'values', columns: [{ name: 'id', type: U64 }], rows: [] });

describe('schemaOf', () => {
  it('derives every column of a trace reader', () => {
    const parsed = extend(lines, { record: parseJson(col('text'), record) });
    const requests = project(parsed, {
      line: col('line'),
      ids: field(col('record'), 'hash_ids'),
    });
    const blocks = unnest(requests, 'ids', { item: 'block', ordinality: 'depth' });
    const stats = aggregate(blocks, { block: col('block') }, { uses: { fn: 'count' } });
    const printed = (plan: Plan) => schemaOf(plan).map((f) => `${f.name}: ${typeName(f.type)}`);
    expect(printed(parsed).at(-1)).toBe('record: struct{timestamp: f64, hash_ids: list<u64>}');
    expect(printed(blocks)).toEqual(['line: i64', 'block: u64', 'depth: i64']);
    expect(printed(stats)).toEqual(['block: u64', 'uses: i64']);
  });

  it('tells the width of every row', () => {
    fc.assert(
      fc.property(fc.gen(), fc.nat({ max: 5 }), (g, depth) => {
        const plan = generatePlan(g, depth);
        const width = schemaOf(plan).length;
        expect(interpret(plan).every((row) => row.length === width)).toBe(true);
      }),
    );
  });
});

describe('verifyPlan', () => {
  const over = (expr: Expr) => () => extend(ids, { x: expr });

  it.each<[string, () => unknown]>([
    ['ir.unknown-column', over(col('idx'))],
    ['ir.duplicate-column', () => extend(ids, { ID: col('id') })],
    ['ir.duplicate-column', () => join('inner', ids, ids, [[col('id'), col('id')]])],
    ['ir.bad-name', () => project(ids, { '': col('id') })],
    ['ir.bad-name', () => project(ids, { 'a\0b': col('id') })],
    ['ir.wrong-arguments', over(call('eq', col('id'), lit(1)))],
    ['ir.wrong-arguments', over(call('length', col('id')))],
    ['ir.wrong-type', () => filter(ids, col('id'))],
    ['ir.wrong-type', () => unnest(ids, 'id', { item: 'x' })],
    ['ir.wrong-type', () => union(ids, lines)],
    ['ir.bad-literal', over(lit(2n ** 64n, U64))],
    ['ir.bad-literal', over(lit(1.5, I64))],
    ['ir.bad-literal', over(lit('\ud800', TEXT))],
    ['ir.bad-node', () => limit(ids, -1)],
    ['ir.bad-node', () => repartition(ids, [col('id')], 0)],
    ['ir.bad-node', () => scan({ format: 'lines', files: [] })],
    ['ir.bad-node', () => aggregate(ids, {}, {})],
    ['ir.bad-node', over(call('no_such' as 'eq', col('id')))],
  ])('refuses %s (%#)', (code, build) => {
    expect(codeOf(build)).toBe(code);
  });

  it('says where, what was found and what is accepted', () => {
    const plan = () => filter(ids, call('and', lit(true), call('gt', col('id'), lit(5n))));
    expect(plan).toThrow('gt(u64, i64) at $.predicate.args[1]; gt accepts two scalars of one type');
    expect(over(col('siez'))).toThrow(
      'unknown column "siez" at $.columns[0].expr; the input has id',
    );
  });

  it('refuses a plan or an expression nested 10,000 deep by code', () => {
    let plan: Plan = ids;
    let expr: Expr = col('id');
    for (let i = 0; i < 10_000; i++) {
      plan = { kind: 'limit', input: plan, count: 1, offset: 0 };
      expr = { kind: 'call', fn: 'coalesce', args: [expr] };
    }
    expect(codeOf(() => verifyPlan(plan))).toBe('ir.too-deep');
    expect(codeOf(() => project(ids, { x: expr }))).toBe('ir.too-deep');
  });
});
