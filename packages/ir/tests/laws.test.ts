import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  call,
  col,
  type DatajaxExpr,
  decodeDatajaxTrace,
  decodePlan,
  type Expr,
  encodeDatajaxTrace,
  encodePlan,
  optimizePlan,
  PASSES,
  type Plan,
  planOfDatajaxTrace,
  printPlan,
  project,
  scan,
  schemaOf,
  U64,
  verifyPlan,
} from '../src/index.ts';
import { codeOf } from './support/code-of.ts';
import { generatePlan } from './support/generate-plan.ts';
import { interpret, rowText } from './support/interpret.ts';

const RUNS = 2000;
const DEEP = 10_000;
const TIMEOUT_MILLIS = 300_000;

describe(`of ${RUNS} generated plans`, { timeout: TIMEOUT_MILLIS }, () => {
  it('every one round-trips, and every pass keeps its columns and rows', () => {
    fc.assert(
      fc.property(fc.gen(), fc.integer({ min: 1, max: 6 }), (g, depth) => {
        const plan = generatePlan(g, depth);
        expect(decodePlan(encodePlan(plan))).toEqual(plan);
        const rows = interpret(plan).map(rowText).sort();
        for (const { name, apply } of PASSES) {
          const after = verifyPlan(apply(plan));
          const isUnchanged = JSON.stringify(after) === JSON.stringify(plan);
          expect(after === plan, `${name} gives the same object`).toBe(isUnchanged);
          if (isUnchanged) continue;
          expect(schemaOf(after), name).toEqual(schemaOf(plan));
          expect(interpret(after).map(rowText).sort(), name).toEqual(rows);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe(`nesting of ${DEEP}`, () => {
  const ids = scan({ format: 'values', columns: [{ name: 'id', type: U64 }], rows: [] });
  let plan: Plan = ids;
  let expr: Expr = col('id');
  let traced: DatajaxExpr = { kind: 'col', name: 'id' };
  for (let i = 0; i < DEEP; i++) {
    plan = { kind: 'limit', input: plan, count: 1, offset: 0 };
    expr = { kind: 'call', fn: 'coalesce', args: [expr] };
    traced = { kind: 'rename', alias: 'id', expr: traced };
  }
  const trace = [
    { type: 'input', schema: ['id'] },
    { type: 'map', output: 'x', expr: traced },
  ] as const;
  const onlyExpr: Plan = {
    kind: 'filter',
    input: ids,
    predicate: call('is_null', expr),
  };

  it.each<[string, () => unknown]>([
    ['verifyPlan', () => verifyPlan(plan)],
    ['schemaOf', () => schemaOf(onlyExpr)],
    ['a builder', () => project(ids, { x: expr })],
    ['encodePlan', () => encodePlan(plan)],
    ['optimizePlan', () => optimizePlan(plan)],
    ['printPlan', () => printPlan(plan)],
    ...PASSES.map(({ name, apply }) => [name, () => apply(plan)] as [string, () => unknown]),
    ...PASSES.map(({ name, apply }) => [name, () => apply(onlyExpr)] as [string, () => unknown]),
    ['encodeDatajaxTrace', () => encodeDatajaxTrace(trace)],
    ['planOfDatajaxTrace', () => planOfDatajaxTrace(trace, { input: ids, rhs: {} })],
    ['decodeDatajaxTrace', () => decodeDatajaxTrace(`${'['.repeat(DEEP)}${']'.repeat(DEEP)}`)],
    ['decodePlan', () => decodePlan(`${'['.repeat(DEEP)}${']'.repeat(DEEP)}`)],
  ])('is refused by %s with ir.too-deep, not by the stack', (_, act) => {
    expect(codeOf(act)).toBe('ir.too-deep');
  });
});
