/**
 * What a plan of 100 relations costs beside the engine's own work: verifying, optimising and lowering it, and laying a
 * profile's figures over its metrics; then also estimating it and learning from the run. CPU time, which other processes do
 * not lengthen, as a mean, for its clock may be coarse; wall time beside it. Ends with status 1 where the first four take
 * 5 ms of CPU or more together.
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
  `lowered, verified, profiled in ${together.toFixed(2)} ms of CPU; the limit is ${LIMIT_MILLIS} ms`,
);
process.exitCode = together < LIMIT_MILLIS ? 0 : 1;

type Steps = Readonly<Record<string, () => unknown>>;

interface Cost {
  readonly wallMillis: number;
  /** Of this thread. */
  readonly cpuMillis: number;
}

/** Runs the steps in turn, prints what each took, and answers the mean of all together in milliseconds of CPU time. */
function timed(all: string, steps: Steps): number {
  const costs: Record<string, Cost[]> = {};
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const whole = costOf(() => {
      for (const [name, step] of Object.entries(steps)) {
        const cost = costOf(step);
        if (round >= 0) costs[name] = [...(costs[name] ?? []), cost];
      }
    });
    if (round >= 0) costs[all] = [...(costs[all] ?? []), whole];
  }
  const cpuMillis = (name: string): number =>
    costs[name].reduce((sum, cost) => sum + cost.cpuMillis, 0) / ROUNDS;
  console.table(
    [...Object.keys(steps), all].map((step) => ({
      step,
      'CPU, mean ms': Number(cpuMillis(step).toFixed(3)),
      'wall, median ms': Number(median(costs[step].map((cost) => cost.wallMillis)).toFixed(3)),
    })),
  );
  return cpuMillis(all);
}

function costOf(act: () => unknown): Cost {
  const wall = performance.now();
  const cpu = process.threadCpuUsage();
  act();
  const { user, system } = process.threadCpuUsage(cpu);
  return { wallMillis: performance.now() - wall, cpuMillis: (user + system) / 1000 };
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
