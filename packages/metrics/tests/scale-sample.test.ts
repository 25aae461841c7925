import { call, col, fieldsOf, filter, I64, lit, scan, TEXT } from '@wavetune/ir';
import { describe, expect, it } from 'vitest';
import { type MeasuredPlan, relationsOf, type SampledRun, scaleSample } from '../src/index.ts';
import { pipeline, tablesOf } from './sample-plans.ts';

const plan = pipeline();
const SCAN = '$.input.left.input.input';

/** A run over `rows` orders of which `kept` are dear, and all of those find their customer. */
function ran(rows: number, kept: number, groups: number): MeasuredPlan {
  const rowsAt: Readonly<Record<string, number>> = {
    [SCAN]: rows,
    '$.input.left.input': kept,
    '$.input.left': kept,
    '$.input.right': 50,
    '$.input': kept,
    $: groups,
  };
  const nodes = relationsOf(plan).map(({ path, schema }) => ({
    path,
    rows: rowsAt[path],
    columnBytes: Object.fromEntries(schema.map(({ name }) => [name, rowsAt[path] * 8])),
    seconds: 1,
    ...(path === '$' ? { singletons: 1 } : {}),
  }));
  return { nodes, run: { seconds: 1, peakMemoryBytes: 1, spilledBytes: 0 } };
}

/** Stretches of 10 orders each, of which so many are dear. */
function sampleOf(kept: readonly number[], seed = 1): SampledRun {
  const all = kept.reduce((sum, n) => sum + n, 0);
  return {
    whole: ran(10 * kept.length, all, 5),
    parts: kept.map((n) => ran(10, n, Math.min(n, 5))),
    sampled: [SCAN],
    rows: 10 * kept.length,
    ofRows: 1000,
    seed,
  };
}

const scaled = (sample: SampledRun) =>
  scaleSample(plan, sample, { tables: tablesOf(), worldSize: 4 });

describe('scaleSample', () => {
  it('carries shares to all rows, and what the sample does not touch stays measured', () => {
    const { nodes, sample } = scaled(sampleOf([2, 4, 3, 3]));
    const rows = new Map(nodes.map((node) => [node.path, node.rows]));
    expect(rows.get(SCAN)).toMatchObject({ value: 1000, bounds: { low: 1000, high: 1000 } });
    expect(rows.get('$.input.left.input')).toMatchObject({
      value: 300,
      provenance: 'scaled',
      estimated: 250,
    });
    expect(rows.get('$.input.right')).toEqual({ value: 50, provenance: 'measured', estimated: 50 });
    expect(rows.get('$')).toMatchObject({ bounds: { low: 5 } });
    expect(sample).toEqual({ rows: 40, ofRows: 1000, parts: 4, confidence: 0.95, seed: 1 });
  });

  it('scales a column that is called as a method of objects, also where a stretch keeps no rows', () => {
    const columns = fieldsOf({ toString: TEXT, id: I64 });
    const named = scan({ format: 'table', name: 't', columns });
    const kept = filter(named, call('lt', col('id'), lit(5n)));
    const run = (rows: number, left: number): MeasuredPlan => ({
      nodes: [
        { path: '$.input', rows, columnBytes: { toString: 3 * rows, id: 8 * rows }, seconds: 1 },
        { path: '$', rows: left, columnBytes: { toString: 3 * left, id: 8 * left }, seconds: 1 },
      ],
      run: { seconds: 1, peakMemoryBytes: 1, spilledBytes: 0 },
    });
    const drawn = { sampled: ['$.input'], rows: 20, ofRows: 1000, seed: 1 };
    const sample = { ...drawn, whole: run(20, 5), parts: [run(10, 5), run(10, 0)] };
    const { nodes } = scaleSample(kept, sample, {
      tables: () => ({ rows: 1000, columns: {} }),
      worldSize: 2,
    });
    expect(nodes[1].rowBytes).toMatchObject({ value: 11, bounds: { low: 11, high: 11 } });
    expect(nodes[0].columns).toEqual([
      { name: 'toString', bytes: 3 },
      { name: 'id', bytes: 8 },
    ]);
  });

  it('is surer where stretches are alike, and sure where they are the same', () => {
    const width = (kept: readonly number[]) => {
      const { low, high } = scaled(sampleOf(kept)).nodes[1].rows.bounds ?? { low: 0, high: 0 };
      return high - low;
    };
    expect(width([3, 3, 3, 3])).toBeCloseTo(0, 6);
    expect(width([2, 4, 3, 3])).toBeGreaterThan(0);
    expect(width([0, 6, 0, 6])).toBeGreaterThan(width([2, 4, 3, 3]));
  });

  it('holds the value of every figure, totals too, within its bounds', () => {
    const metrics = scaled(sampleOf([2, 4, 0, 9]));
    const figures = [
      ...metrics.nodes.flatMap((n) => [n.rows, n.rowBytes, n.bytes, n.shuffleBytes]),
      metrics.shuffleBytes,
      metrics.inputBytes,
    ];
    for (const { value, bounds = { low: value, high: value } } of figures) {
      expect(bounds.low).toBeLessThanOrEqual(value * (1 + 1e-9));
      expect(bounds.high).toBeGreaterThanOrEqual(value * (1 - 1e-9));
    }
    expect(metrics.shuffleBytes.provenance).toBe('scaled');
  });

  it('gives the same by the same seed', () => {
    expect(scaled(sampleOf([2, 4, 0, 9]))).toEqual(scaled(sampleOf([2, 4, 0, 9])));
  });

  it('is measured where all rows were drawn', () => {
    const whole = ran(1000, 400, 5);
    const { nodes, sample } = scaled({
      whole,
      parts: [],
      sampled: [SCAN],
      rows: 1000,
      ofRows: 1000,
      seed: 0,
    });
    expect(sample).toBeUndefined();
    expect(nodes.map(({ rows }) => rows.provenance)).toEqual(Array(6).fill('measured'));
  });
});
