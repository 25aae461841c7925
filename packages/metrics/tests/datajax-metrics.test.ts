import { existsSync, readFileSync } from 'node:fs';
import { canonicalJson } from '@wavetune/core';
import { type DatajaxTrace, decodeDatajaxTrace, F64, I64, type Type } from '@wavetune/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datajaxMetrics } from '../src/index.ts';

const FOLDER = `${process.env.WAVETUNE_SHARED_DATA ?? '../shared/data'}/golden/datajax`;
const isThere = existsSync(FOLDER);
if (!isThere) console.log(`datajax golden files skipped: ${FOLDER} is not there`);

const TYPES = new Map<string, Type>([
  ['user_id', I64],
  ['unit_price', F64],
  ['qty', I64],
]);

describe('datajaxMetrics', () => {
  it.runIf(isThere).each([1, 4])('prints what datajax prints at world size %i', (worldSize) => {
    const trace = decodeDatajaxTrace(readFileSync(`${FOLDER}/trace.json`, 'utf8'));
    const golden = JSON.parse(readFileSync(`${FOLDER}/policies_ws${worldSize}.json`, 'utf8'));
    const metrics = datajaxMetrics(trace, { rows: 4, types: TYPES, worldSize });
    expect(canonicalJson(metrics)).toBe(canonicalJson(golden.metrics));
  });

  it('counts the steps that datajax leaves of a trace', () => {
    const trace: DatajaxTrace = [
      { type: 'input', schema: ['a', 'b'] },
      { type: 'project', columns: ['b', 'a'] },
      { type: 'project', columns: ['a', 'b'] },
      { type: 'map', output: 'c', expr: { kind: 'col', name: 'a' } },
      above('c'),
      { type: 'map', output: 'd', expr: { kind: 'col', name: 'a' } },
      above('b'),
      above('c'),
      { type: 'repartition', spec: { kind: 'key', key: 'a' } },
      { type: 'repartition', spec: { kind: 'key', key: 'a', axis: null } },
    ];
    const metrics = datajaxMetrics(trace, { rows: 1, types: new Map(), worldSize: 2 });
    expect(metrics.steps_total).toBe(6);
    expect(metrics.transform_steps).toBe(4);
    expect(metrics.repartition_steps).toBe(1);
    expect(metrics.column_usage_counts).toEqual({ a: 3, b: 2, c: 2, d: 1 });
    expect(metrics.estimated_row_size_bytes).toBe(32);
    expect(metrics.estimated_shuffle_bytes).toBe(16);
  });

  it('shuffles nothing at world size 1, and more over more workers', () => {
    const trace: DatajaxTrace = [
      { type: 'input', schema: ['qty'] },
      { type: 'repartition', spec: { kind: 'key', key: 'qty' } },
    ];
    const shuffled = (worldSize: number, rows: number): number =>
      datajaxMetrics(trace, { rows, types: TYPES, worldSize }).estimated_shuffle_bytes;
    fc.assert(
      fc.property(fc.nat({ max: 1e6 }), fc.integer({ min: 1, max: 1000 }), (rows, worldSize) => {
        expect(shuffled(1, rows)).toBe(0);
        expect(shuffled(worldSize + 1, rows)).toBeGreaterThanOrEqual(shuffled(worldSize, rows));
        expect(shuffled(worldSize, rows + 1)).toBeGreaterThanOrEqual(shuffled(worldSize, rows));
      }),
    );
  });
});

function above(name: string): DatajaxTrace[number] {
  return {
    type: 'filter',
    predicate: {
      kind: 'cmp',
      op: 'gt',
      left: { kind: 'col', name },
      right: { kind: 'lit', value: 1n },
    },
  };
}
