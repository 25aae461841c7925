import {
  aggregate,
  asc,
  BOOL,
  call,
  col,
  F64,
  filter,
  I64,
  join,
  lit,
  type Plan,
  project,
  repartition,
  type Schema,
  scan,
  sort,
  TEXT,
  union,
} from '@wavetune/ir';
import { estimatePlan, overlayCounters, overlayMeasured, relationsOf } from '@wavetune/metrics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movementsOf } from '../src/index.ts';

const table = (name: string, columns: Schema): Plan => scan({ format: 'table', name, columns });
const orders = table('orders', [
  { name: 'user', type: I64 },
  { name: 'price', type: F64 },
  { name: 'late', type: BOOL },
]);
const users = table('users', [
  { name: 'id', type: I64 },
  { name: 'region', type: TEXT },
]);
const ROWS: Readonly<Record<string, number>> = { orders: 1000, users: 100 };

/** Metrics from statistics alone: so many rows of each table, 12 bytes a region. */
function metricsOf(plan: Plan, worldSize: number) {
  return estimatePlan(plan, {
    worldSize,
    tables: (source) => ({
      rows: source.format === 'table' ? ROWS[source.name] : 0,
      columns: { region: { bytes: 12 } },
    }),
  });
}

const joined = join('inner', orders, users, [[col('user'), col('id')]]);
const totals = aggregate(
  repartition(joined, [col('region')], 4),
  { region: col('region') },
  { price: { fn: 'sum', args: [col('price')] } },
);

describe('movementsOf', () => {
  it('says what each node of a plan moves on one rank', () => {
    const moved = movementsOf(totals, metricsOf(totals, 4)).map((each) => ({
      ...{ at: each.at, kind: each.movement.kind, columns: each.columns },
      bytes: each.movement.columnBytes,
      rows: each.movement.rows,
    }));
    const left = { columns: ['user', 'price', 'late'], bytes: [8, 8, 1], rows: 250 };
    const right = { columns: ['id', 'region'], bytes: [8, 12], rows: 25 };
    expect(moved.slice(0, 5)).toEqual([
      { at: '$.input.input.left', kind: 'pack', ...left },
      { at: '$.input.input.right', kind: 'pack', ...right },
      { at: '$.input.input', kind: 'pack', ...left },
      { at: '$.input.input', kind: 'pack', ...right },
      { at: '$.input.input', kind: 'join-probe', columns: ['user'], bytes: [8], rows: 250 },
    ]);
    expect(moved.slice(5).map(({ at, kind, columns }) => [at, kind, columns])).toEqual([
      ['$.input.input', 'gather', ['region']],
      ['$.input', 'pack', ['user', 'price', 'late', 'id', 'region']],
      ['$', 'aggregate-probe', ['price', 'region']],
    ]);
    const [probe] = movementsOf(totals, metricsOf(totals, 4)).slice(4);
    expect(probe.movement.tableBytes).toBe(25 * 20);
  });

  it('sends nothing on one rank', () => {
    const moved = movementsOf(totals, metricsOf(totals, 1));
    expect(
      moved.filter(({ node, movement }) => node !== 'scan' && movement.kind === 'pack'),
    ).toEqual([]);
  });

  it('takes from the right side of a semi-join nothing but its keys', () => {
    const semi = join('semi', orders, users, [[col('user'), col('id')]]);
    const kinds = movementsOf(semi, metricsOf(semi, 1)).map(({ movement }) => movement.kind);
    expect(kinds).toEqual(['pack', 'pack', 'join-probe']);
  });

  it('gathers rows that are filtered or sorted, and moves none for what is computed or put together', () => {
    const late = filter(orders, col('late'));
    const doubled = project(union(late, orders), { price: call('mul', col('price'), lit(2)) });
    const plan = sort(doubled, asc(col('price')));
    const moved = movementsOf(plan, metricsOf(plan, 2));
    expect(moved.map(({ node, movement }) => [node, movement.kind])).toEqual([
      ['scan', 'pack'],
      ['filter', 'gather'],
      ['scan', 'pack'],
      ['sort', 'gather'],
    ]);
  });

  it('makes what is packed as wide as counters say', () => {
    const metrics = metricsOf(totals, 4);
    const counted = overlayCounters(metrics, {
      ...{ inputBytes: 2 * metrics.inputBytes.value, shuffleBytes: 3 * metrics.shuffleBytes.value },
      notes: [],
    });
    const bytesOf = (of: typeof metrics) =>
      movementsOf(totals, of).map(({ movement }) => movement.columnBytes[0]);
    const factors = bytesOf(counted).map((bytes, i) => bytes / bytesOf(metrics)[i]);
    expect(factors.map((factor) => Number(factor.toFixed(9)))).toEqual([2, 2, 3, 3, 1, 1, 3, 1]);
    expect(movementsOf(totals, counted)[0].source).toBe('counter');
  });

  it('never moves fewer rows or more ranks’ worth of them with fewer ranks', () => {
    const ranks = fc.integer({ min: 2, max: 64 });
    fc.assert(
      fc.property(ranks, ranks, (a, b) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)].map((worldSize) =>
          movementsOf(totals, metricsOf(totals, worldSize)),
        );
        expect(many.map(({ at }) => at)).toEqual(few.map(({ at }) => at));
        for (const [i, { movement }] of many.entries()) {
          expect(movement.rows).toBeLessThanOrEqual(few[i].movement.rows);
          expect(movement.columnBytes).toEqual(few[i].movement.columnBytes);
        }
      }),
    );
  });

  it('leaves out what had no rows', () => {
    const nodes = relationsOf(totals).map(({ path, schema }) => ({
      ...{ path, rows: 0, seconds: 0 },
      columnBytes: Object.fromEntries(schema.map(({ name }) => [name, 0])),
    }));
    const run = { seconds: 0, peakMemoryBytes: 0, spilledBytes: 0 };
    const metrics = overlayMeasured(metricsOf(totals, 2), { nodes, run });
    expect(movementsOf(totals, metrics)).toEqual([]);
  });
});
