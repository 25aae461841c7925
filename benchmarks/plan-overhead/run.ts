/**
 * What a plan of 100 relations costs beside the engine's own work: verifying, optimising and lowering it, and laying a
 * profile's figures over its metrics; then also estimating it and learning from the run. Ends with status 1 where the first
 * four take 5 ms or more together.
 *
 * Usage: node benchmarks/plan-overhead/run.ts [relations]      (100 unless told)
 */
import { optimizePlan, verifyPlan } from '@wavetune/ir';
import {
  estimatePlan,
  type MeasuredPlan,
  observationsOf,
  overlayMeasured,
  relationsOf,
} from '@wavetune/metrics';
import { duckdb, toSql } from '@wavetune/sql';
import { median } from '../support/whole-process.ts';
import { countOf, longPlan } from './long-plan.ts';

const ROUNDS = 200;
const WARM_UP = 50;
const LIMIT_MILLIS = 5;
const plan = longPlan(Number(process.argv[2] ?? 100));
const options = { tables: () => ({ rows: 1e6 }), worldSize: 4 };
const measured = everyRelationOnce();

const optimized = optimizePlan(plan);
const metrics = estimatePlan(plan, options);
const profiled: Steps = {
  verify: () => verifyPlan(plan),
  optimise: () => optimizePlan(plan),
  lower: () => toSql(optimized, { dialect: duckdb }),
  'overlay a profile': () => overlayMeasured(metrics, measured),
};
const estimated: Steps = {
  estimate: () => estimatePlan(plan, options),
  'learn from the run': () => observationsOf(plan, measured),
};

console.log(`a plan of ${countOf(plan)} relations, ${ROUNDS} rounds`);
const together = timed('lowered, verified, profiled', profiled);
timed('estimated and learned', estimated);
console.log(
  `lowered, verified, profiled in ${together.toFixed(2)} ms; the limit is ${LIMIT_MILLIS} ms`,
);
process.exitCode = together < LIMIT_MILLIS ? 0 : 1;

type Steps = Readonly<Record<string, () => unknown>>;

/** Runs the steps in turn, prints what each took, and answers the median of all together in milliseconds. */
function timed(all: string, steps: Steps): number {
  const millis: Record<string, number[]> = {};
  const add = (name: string, time: number): void => {
    millis[name] = [...(millis[name] ?? []), time];
  };
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const begin = performance.now();
    const times = Object.entries(steps).map(([name, step]) => {
      const stepBegin = performance.now();
      step();
      return [name, performance.now() - stepBegin] as const;
    });
    const whole = performance.now() - begin;
    if (round >= 0) for (const [name, time] of [...times, [all, whole] as const]) add(name, time);
  }
  console.table(
    Object.entries(millis).map(([step, times]) => ({
      step,
      'median, ms': Number(median(times).toFixed(3)),
      'one of 20 is slower than, ms': Number(
        times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)].toFixed(3),
      ),
    })),
  );
  return median(millis[all]);
}

/** A profile that says something of every relation. */
function everyRelationOnce(): MeasuredPlan {
  const nodes = relationsOf(plan).map(({ path, schema }, i) => ({
    path,
    rows: 1000 + i,
    columnBytes: Object.fromEntries(schema.map(({ name }) => [name, 8000])),
    seconds: 0.001,
  }));
  return { nodes, run: { seconds: 0.1, peakMemoryBytes: 1e6, spilledBytes: 0 } };
}
