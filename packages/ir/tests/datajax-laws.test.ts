import { isWavetuneError } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DatajaxTables,
  datajaxTraceOfPlan,
  decodeDatajaxTrace,
  encodeDatajaxTrace,
  type Plan,
  planOfDatajaxTrace,
  schemaOf,
} from '../src/index.ts';
import { generatePlan } from './support/generate-plan.ts';
import { generateTrace } from './support/generate-trace.ts';
import { interpret, rowText } from './support/interpret.ts';
import { runTrace } from './support/run-trace.ts';

const traces = fc.tuple(fc.gen(), fc.integer({ min: 1, max: 6 }));

function sorted(plan: Plan): string[] {
  return interpret(plan).map(rowText).sort();
}

describe('a generated trace', () => {
  it('round-trips through its text', () => {
    fc.assert(
      fc.property(traces, ([g, length]) => {
        const { trace } = generateTrace(g, length);
        expect(decodeDatajaxTrace(encodeDatajaxTrace(trace))).toEqual(trace);
      }),
    );
  });

  it('means what it does step by step, columns and rows', () => {
    fc.assert(
      fc.property(traces, ([g, length]) => {
        const { trace, tables } = generateTrace(g, length);
        const plan = planOfDatajaxTrace(trace, tables);
        const wanted = runTrace(trace, tables);
        expect(schemaOf(plan).map(({ name }) => name)).toEqual(wanted.columns);
        const rows = wanted.rows.map((row) => rowText(wanted.columns.map((name) => row[name])));
        expect(sorted(plan)).toEqual(rows.sort());
      }),
      { numRuns: 500 },
    );
  });

  it('comes back from its plan with the same columns and rows', () => {
    fc.assert(
      fc.property(traces, ([g, length]) => {
        const { trace, tables } = generateTrace(g, length);
        const plan = planOfDatajaxTrace(trace, tables);
        expectSame(plan, datajaxTraceOfPlan(plan));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a damaged trace', () => {
  it('still means a plan, or is refused by code', () => {
    fc.assert(
      fc.property(traces, fc.nat(), DAMAGE, ([g, length], seed, value) => {
        const { trace, tables } = generateTrace(g, length);
        const text = damaged(encodeDatajaxTrace(trace), seed, value);
        try {
          schemaOf(planOfDatajaxTrace(decodeDatajaxTrace(text), tables));
        } catch (error) {
          if (!isWavetuneError(error)) throw error;
          expect(error.code).toMatch(/^ir\./);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

const DAMAGE = fc.oneof(
  fc.constantFrom(
    'null',
    '-1',
    '1e400',
    '"x"',
    '[]',
    '{}',
    '"__proto__"',
    '"\\ud800"',
    '[[["a"]]]',
  ),
  fc.json({ maxDepth: 2 }),
);

/** The text with one of its values replaced. */
function damaged(text: string, seed: number, value: string): string {
  const places = [...text.matchAll(/("[^"]*"|\d+|null|true|\[[^[\]]*\]|\{[^{}]*\})(?!:)/g)];
  const { 0: old, index } = places[seed % places.length];
  return text.slice(0, index) + value + text.slice(index + old.length);
}

describe('datajaxTraceOfPlan', () => {
  it('keeps the columns and rows of any plan, or refuses it by code', () => {
    let written = 0;
    fc.assert(
      fc.property(fc.gen(), fc.integer({ min: 0, max: 3 }), (g, depth) => {
        const plan = generatePlan(g, depth);
        const bound = writtenOrRefused(plan);
        if (!bound) return;
        written += 1;
        expectSame(plan, bound);
      }),
      { numRuns: 500 },
    );
    expect(written).toBeGreaterThan(50);
  });
});

function expectSame(plan: Plan, bound: ReturnType<typeof datajaxTraceOfPlan>): void {
  const text = encodeDatajaxTrace(bound.trace);
  const tables: DatajaxTables = { input: bound.input, rhs: bound.rhs };
  const back = planOfDatajaxTrace(decodeDatajaxTrace(text), tables);
  expect(schemaOf(back)).toEqual(schemaOf(plan));
  expect(sorted(back)).toEqual(sorted(plan));
}

function writtenOrRefused(plan: Plan): ReturnType<typeof datajaxTraceOfPlan> | undefined {
  try {
    return datajaxTraceOfPlan(plan);
  } catch (error) {
    expect(isWavetuneError(error, 'ir.not-expressible')).toBe(true);
    return undefined;
  }
}
