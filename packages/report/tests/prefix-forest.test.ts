import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FOREST_BUDGET, forestRowsOf } from '../src/model/prefix-forest.ts';
import { rowsOf } from '../src/table.ts';
import { cohortOf, wavespecOf } from './fixtures.ts';

/** A tree whose cohort i hangs below an earlier one, with fewer requests than it. */
const forests = fc
  .array(fc.record({ up: fc.nat(9), tokens: fc.integer({ min: 1, max: 999 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((shapes) => {
    const cohorts: ReturnType<typeof cohortOf>[] = [];
    shapes.forEach(({ up, tokens }, i) => {
      const parent = up === 0 || i === 0 ? undefined : cohorts[Math.max(0, i - up)];
      const count = Math.max(2, (parent?.count ?? 400) - i);
      const depth = (parent?.depth ?? 0) + 1;
      cohorts.push(cohortOf(`c${i}`, { parent: parent?.prefix ?? null, depth, tokens, count }));
    });
    return wavespecOf(cohorts);
  });
const budgets = fc.record({
  rows: fc.integer({ min: 1, max: 70 }),
  bytes: fc.integer({ min: 1, max: 9000 }),
});

describe('forestRowsOf', () => {
  it('keeps the heavy head with all above it and sums the rest below it', () => {
    const spec = wavespecOf([
      cohortOf('root', { count: 10, tokens: 16 }),
      cohortOf('heavy', { parent: 'root', depth: 2, count: 5, tokens: 90 }),
      cohortOf('light', { parent: 'root', depth: 2, count: 3, tokens: 20 }),
      cohortOf('lighter', { parent: 'light', depth: 3, count: 2, tokens: 10 }),
    ]);
    const { table, named, summed } = forestRowsOf(spec, [], { rows: 2, bytes: 1e6 });
    expect([named, summed]).toEqual([2, 2]);
    const rows = rowsOf(table);
    expect(rows.map(({ prefix }) => prefix)).toEqual(['root', 'heavy', '2 others']);
    expect(rows[2]).toMatchObject({ parent_row: 0, cohorts: 2, requests: 3, saved_tokens: 50 });
    expect(Number(rows[2].tokens)).toBeCloseTo((3 * 20 + 2 * 10) / 3, 9);
  });

  it('loses nothing: cohorts, saved tokens and requests × tokens of the rows sum to those of all', () => {
    fc.assert(
      fc.property(forests, budgets, (spec, budget) => {
        const { table, named, summed } = forestRowsOf(spec, [], budget);
        const rows = rowsOf(table);
        const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0);
        expect(named + summed).toBe(spec.cohorts.length);
        expect(sum(rows.map(({ cohorts }) => Number(cohorts)))).toBe(spec.cohorts.length);
        expect(sum(rows.map((row) => Number(row.saved_tokens)))).toBe(
          sum(spec.cohorts.map((cohort) => cohort.saved_tokens)),
        );
        expect(
          sum(rows.map(({ requests, tokens }) => Number(requests) * Number(tokens))),
        ).toBeCloseTo(sum(spec.cohorts.map(({ count, tokens }) => count * tokens)), 3);
      }),
    );
  });

  it('puts a parent before its children, and names the heaviest', () => {
    fc.assert(
      fc.property(forests, budgets, (spec, budget) => {
        const rows = rowsOf(forestRowsOf(spec, [], budget).table);
        rows.forEach((row, i) => {
          expect(Number(row.parent_row)).toBeLessThan(i);
        });
        expect(rows.some(({ prefix }) => prefix === spec.cohorts[0].prefix)).toBe(true);
      }),
    );
  });

  it('takes a parent that is not listed, or a circle of them, for the top', () => {
    const spec = wavespecOf([
      cohortOf('orphan', { parent: 'elsewhere', depth: 4 }),
      cohortOf('a', { parent: 'b' }),
      cohortOf('b', { parent: 'a' }),
    ]);
    const rows = rowsOf(forestRowsOf(spec, [], FOREST_BUDGET).table);
    expect(rows).toHaveLength(3);
    expect(rows.find(({ prefix }) => prefix === 'orphan')).toMatchObject({
      parent_row: -1,
      start_tokens: 48,
    });
  });

  it('carries the time to live and the priority that the policies give a prefix', () => {
    const rule = { prefix: 'a', ttl_seconds: 30, priority: 7 };
    const [row] = rowsOf(forestRowsOf(wavespecOf([cohortOf('a')]), [rule], FOREST_BUDGET).table);
    expect(row).toMatchObject({ ttl_seconds: 30, priority: 7 });
  });
});
