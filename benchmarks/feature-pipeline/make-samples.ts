/**
 * Writes the samples of the plan commands, the same bytes each time: both tables of the feature pipeline, its plan over
 * tables that are still to be bound, and a trace of datajax's that asks nearly the same.
 *
 * Usage: node benchmarks/feature-pipeline/make-samples.ts FOLDER [ROWS]      (20000 orders unless told)
 */
import { join } from 'node:path';
import { publishFile } from '@wavetune/core';
import { openEngine } from '@wavetune/engine';
import { type DatajaxExpr, type DatajaxTrace, encodeDatajaxTrace, encodePlan } from '@wavetune/ir';
import { featurePipeline, TABLE_SOURCES } from './pipeline.ts';
import { makeTables } from './tables.ts';

const ROWS = '20000';
const RANKS = 4;

const column = (name: string): DatajaxExpr => ({ kind: 'col', name });
const product = (left: string, right: string): DatajaxExpr => ({
  ...{ kind: 'bin', op: 'mul' },
  ...{ left: column(left), right: column(right) },
});
const trace: DatajaxTrace = [
  { type: 'input', schema: ['user_id', 'unit_price', 'qty'] },
  { type: 'map', output: 'revenue', expr: product('unit_price', 'qty') },
  {
    type: 'filter',
    predicate: { kind: 'cmp', op: 'gt', left: column('revenue'), right: { kind: 'lit', value: 5 } },
  },
  {
    ...{ type: 'join', left_on: ['user_id'], right_on: ['customer'], how: 'inner' },
    ...{ right_columns: ['customer', 'region', 'tier'], suffixes: ['_x', '_y'] },
    rhs_tag: 'customers',
  },
  { type: 'map', output: 'points', expr: product('revenue', 'tier') },
  { type: 'repartition', spec: { kind: 'key', key: 'user_id', axis: 'rows' } },
  {
    ...{ type: 'aggregate', agg: 'sum', key_alias: 'user_id', value_alias: 'points' },
    ...{ key: column('user_id'), value: column('points') },
  },
];

const [folder, rows = ROWS] = process.argv.slice(2);
const engine = await openEngine({ memoryLimitBytes: 2 ** 30, threads: 1 });
await makeTables(engine, folder, Number(rows));
await engine.close();
await publishFile(join(folder, 'plan.json'), [
  encodePlan(featurePipeline(TABLE_SOURCES, RANKS)),
  '\n',
]);
await publishFile(join(folder, 'plan-datajax.json'), [encodeDatajaxTrace(trace), '\n']);
