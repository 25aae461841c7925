import { isWavetuneError } from '@wavetune/core';
import { asc, call, col, filter, limit, lit, repartition, sort, union } from '@wavetune/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatePlan } from '../../ir/tests/support/generate-plan.ts';
import { estimatePlan, type PlanMetrics } from '../src/index.ts';
import { ORDERS, pipeline, tablesOf } from './sample-plans.ts';

const plans = fc
  .tuple(fc.gen(), fc.integer({ min: 0, max: 8 }))
  .map(([g, depth]) => generatePlan(g, depth));
const workers = fc.integer({ min: 1, max: 64 });

const rowsOf = ({ nodes }: PlanMetrics): Readonly<Record<string, number>> =>
  Object.fromEntries(nodes.map(({ path, rows }) => [path, Math.round(rows.value)]));

describe('estimatePlan', () => {
  it('estimates rows, bytes and what is shuffled, node by node', () => {
    const metrics = estimatePlan(pipeline(), { tables: tablesOf(), worldSize: 4 });
    expect(rowsOf(metrics)).toEqual({
      '$.input.left.input.input': 1000,
      '$.input.left.input': 250,
      '$.input.left': 250,
      '$.input.right': 50,
      '$.input': 250,
      $: 5,
    });
    const [orders, , spread, , joined] = metrics.nodes;
    expect(orders.bytes.value).toBe(1000 * (8 + 8 + 8 + 20));
    expect(spread.moves).toEqual(['$.input.left.input']);
    expect(spread.shuffleBytes.value).toBe(0.75 * 250 * 44);
    // the left lies by the join's key already
    expect(joined.moves).toEqual(['$.input.right']);
    expect(joined.shuffleBytes.value).toBe(0.75 * 50 * 12);
    expect(metrics.shuffleBytes.value).toBe(0.75 * (250 * 44 + 50 * 12));
    expect(metrics.inputRows.value).toBe(1050);
    expect(metrics.counts).toEqual({ scan: 2, filter: 1, repartition: 1, join: 1, aggregate: 1 });
    expect(metrics.columnUsage).toEqual({ customer: 2, key: 1, price: 2, region: 1 });
    expect(metrics.reuse).toEqual({ value: 2 / 6, provenance: 'estimated', estimated: 2 / 6 });
    expect(metrics.packOrder).toEqual(['customer', 'price', 'key', 'region']);
  });

  it('knows nodes by their question, not by their files', () => {
    const digests = (plan: Parameters<typeof estimatePlan>[0]) =>
      estimatePlan(plan, { tables: () => undefined, worldSize: 1 }).nodes.map((n) => n.digest);
    const renamed = JSON.parse(
      JSON.stringify(pipeline()).replace('orders.parquet', 'more.parquet'),
    );
    expect(digests(renamed)).toEqual(digests(pipeline()));
    expect(new Set(digests(pipeline())).size).toBe(6);
    const dearer = JSON.parse(JSON.stringify(pipeline()).replace('"75"', '"80"'));
    expect(digests(dearer)[0]).toBe(digests(pipeline())[0]);
    expect(digests(dearer)[1]).not.toBe(digests(pipeline())[1]);
  });

  it('gives every node of any plan finite figures, its inputs before it', () => {
    fc.assert(
      fc.property(plans, workers, (plan, worldSize) => {
        const { nodes } = estimatePlan(plan, { tables: () => undefined, worldSize });
        const seen = new Set<string>();
        for (const { path, inputs, rows, bytes, shuffleBytes } of nodes) {
          expect(inputs.every((input) => seen.has(input))).toBe(true);
          seen.add(path);
          for (const { value } of [rows, bytes, shuffleBytes]) {
            expect(Number.isFinite(value) && value >= 0).toBe(true);
          }
        }
        expect(nodes.at(-1)?.path).toBe('$');
      }),
    );
  });

  it('shuffles nothing over one worker, and never less over more', () => {
    fc.assert(
      fc.property(plans, workers, (plan, worldSize) => {
        const shuffled = (w: number) =>
          estimatePlan(plan, { tables: () => undefined, worldSize: w }).shuffleBytes.value;
        expect(shuffled(1)).toBe(0);
        expect(shuffled(worldSize + 1)).toBeGreaterThanOrEqual(shuffled(worldSize));
      }),
    );
  });

  it('sends what a repartition copies to all workers but its own, and nothing where they have it', () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 2, max: 64 }), (plan, worldSize) => {
        const metricsOf = (of: typeof plan) =>
          estimatePlan(of, { tables: () => undefined, worldSize });
        const before = metricsOf(plan);
        const once = metricsOf(repartition(plan, [], 1000));
        const all = before.nodes.at(-1)?.bytes.value ?? 0;
        const isThere = once.nodes.at(-1)?.moves.length === 0;
        const sent = isThere ? 0 : all * (worldSize - 1);
        const wanted = before.shuffleBytes.value + sent;
        expect(Math.abs(once.shuffleBytes.value - wanted)).toBeLessThanOrEqual(1e-9 * wanted);
        const twice = repartition(repartition(plan, [], 1000), [], 1000);
        expect(metricsOf(twice).shuffleBytes.value).toBe(once.shuffleBytes.value);
      }),
    );
  });

  it('grows with the rows and the widths of what it reads', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1e6 }),
        fc.nat({ max: 1e6 }),
        fc.nat({ max: 1000 }),
        workers,
        (rows, more, width, worldSize) => {
          const of = (orders: number, noteBytes: number) =>
            estimatePlan(pipeline(), { tables: tablesOf(orders, noteBytes), worldSize });
          const [small, large, wide] = [
            of(rows, width),
            of(rows + more, width),
            of(rows, width + 1),
          ];
          for (const [i, node] of small.nodes.entries()) {
            expect(large.nodes[i].rows.value).toBeGreaterThanOrEqual(node.rows.value * (1 - 1e-9));
            expect(wide.nodes[i].bytes.value).toBeGreaterThanOrEqual(node.bytes.value);
          }
          expect(large.shuffleBytes.value).toBeGreaterThanOrEqual(
            small.shuffleBytes.value * (1 - 1e-9),
          );
          expect(wide.inputBytes.value).toBeGreaterThanOrEqual(small.inputBytes.value);
        },
      ),
    );
  });

  it('takes of a limit, a union and a sort what follows from their inputs', () => {
    const top = limit(sort(union(ORDERS, ORDERS), asc(col('id'))), 300, 1900);
    expect(rowsOf(estimatePlan(top, { tables: tablesOf(), worldSize: 1 }))).toEqual({
      '$.input.input.inputs[0]': 1000,
      '$.input.input.inputs[1]': 1000,
      '$.input.input': 2000,
      '$.input': 2000,
      $: 100,
    });
  });

  it.each([
    [call('lt', col('price'), lit(10)), 0.1],
    [call('gt', lit(10), col('price')), 0.1],
    [call('ge', col('price'), lit(200)), 0],
    [call('eq', col('customer'), lit(7n)), 1 / 50],
    [call('ne', col('customer'), lit(7n)), 49 / 50],
    [call('and', call('eq', col('customer'), lit(7n)), call('lt', col('price'), lit(50))), 1 / 100],
    [call('or', call('lt', col('price'), lit(50)), call('lt', col('price'), lit(50))), 3 / 4],
    [call('not', call('lt', col('price'), lit(10))), 0.9],
    [call('gt', call('add', col('price'), lit(10)), lit(85)), 1 / 4],
    [call('eq', call('mod', col('id'), lit(4n)), lit(0n)), 1 / 4],
    [call('is_null', col('note')), 1 / 20],
    [lit(true), 1],
  ])('keeps a share of the rows by what the statistics say: %#', (predicate, share) => {
    const metrics = estimatePlan(filter(ORDERS, predicate), { tables: tablesOf(), worldSize: 1 });
    expect(metrics.nodes[1].rows.value).toBeCloseTo(1000 * share, 6);
  });

  it('keeps no null by a comparison, of arithmetic neither', () => {
    const price = { min: 0, max: 100, nullShare: 1 / 2 };
    const tables = () => ({ rows: 1000, columns: { price } });
    const twice = call('add', col('price'), col('price'));
    for (const [predicate, rows] of [
      [call('lt', col('price'), lit(10)), 50],
      [call('ne', col('price'), lit(10)), 450],
      [call('lt', twice, lit(20)), 50],
    ] as const) {
      const { nodes } = estimatePlan(filter(ORDERS, predicate), { tables, worldSize: 1 });
      expect(nodes[1].rows.value).toBeCloseTo(rows, 6);
    }
  });

  it('refuses a number of workers that is none', () => {
    for (const worldSize of [0, -1, 1.5, Number.NaN]) {
      try {
        estimatePlan(ORDERS, { tables: tablesOf(), worldSize });
        expect.unreachable();
      } catch (error) {
        expect(isWavetuneError(error, 'metrics.bad-world-size')).toBe(true);
      }
    }
  });
});
