// The LRU curve, exact and sampled: 20 M Zipf(1.0) references over 1 M objects, one thread, medians.
//
//   node benchmarks/curves/run.ts [references]
import {
  type CapacityCurve,
  lruCurve,
  type SamplingOptions,
  sampledLruCurve,
} from '@wavetune/cachesim';
import type { RequestRange, TraceColumns } from '@wavetune/core';
import { drawZipf, zipfColumns } from '../replay/zipf-trace.ts';

const ROUNDS = 5;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const references = Number(process.argv[2] ?? 20_000_000);

function timed<T>(run: () => T): { readonly millis: number; readonly value: T } {
  const start = performance.now();
  const value = run();
  return { millis: performance.now() - start, value };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Mean and greatest difference of the hit ratios at 1,000 capacities spread evenly, in points. */
function errorsOf(exact: CapacityCurve, sampled: CapacityCurve) {
  const last = exact.hitBlocks.length - 1;
  const errors = Array.from({ length: 1000 }, (_, i) => {
    const capacity = Math.ceil(((i + 1) * last) / 1000);
    return (100 * Math.abs(exact.hitBlocks[capacity] - sampled.hitBlocks[capacity])) / references;
  });
  return {
    mean: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    most: Math.max(...errors),
  };
}

function sampledRow(
  columns: TraceColumns,
  exact: { readonly curve: CapacityCurve; readonly millis: number },
  options: Omit<SamplingOptions, 'seed'>,
): string {
  const runs = SEEDS.map((seed) => timed(() => sampledLruCurve(columns, { ...options, seed })));
  const errors = runs.map(({ value }) => errorsOf(exact.curve, value.curve));
  const millis = median(runs.map((run) => run.millis));
  const { sample } = options;
  const name = sample.kind === 'rate' ? `rate ${sample.rate}` : `${sample.count} blocks`;
  const cells = [
    `SHARDS, ${name}`,
    millis.toFixed(0),
    `${(exact.millis / millis).toFixed(1)}×`,
    (errors.reduce((sum, { mean }) => sum + mean, 0) / errors.length).toFixed(2),
    median(errors.map(({ mean }) => mean)).toFixed(2),
    Math.max(...errors.map(({ most }) => most)).toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
}

const columns = zipfColumns(drawZipf({ references, objects: 1_000_000, skew: 1, seed: 1 }));
const measured: RequestRange = { begin: 0, end: references };
const exactRuns = Array.from({ length: ROUNDS }, () => timed(() => lruCurve(columns, measured)));
const exact = { curve: exactRuns[0].value, millis: median(exactRuns.map(({ millis }) => millis)) };
console.log(`${references} references, ${columns.parents.length} objects\n`);
console.log(
  '| curve | ms, median | faster | mean error, points | median of seeds | greatest anywhere |',
);
console.log('|---|---:|---:|---:|---:|---:|');
console.log(`| exact | ${exact.millis.toFixed(0)} | 1× | 0 | 0 | 0 |`);
for (const sample of [
  { kind: 'rate', rate: 0.01 },
  { kind: 'rate', rate: 0.1 },
  { kind: 'blocks', count: 8192 },
] as const) {
  console.log(sampledRow(columns, exact, { measured, sample }));
}
