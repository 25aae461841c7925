// What a reference costs at each step of a sharded replay; script transform against the local pool; the model of docs/scale.md,
// checked against a larger run; what days of 1e9 and 1e12 references would cost.
//
//   node benchmarks/scale/run.ts [million references] [million references of the check] [1: on Spark too, 0: not]
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildShardProgram } from '@wavetune/shard-program';
import { encodeQuestion, type ShardQuestion } from '@wavetune/shards';
import { runTree, type TreeCost } from '../support/process-tree.ts';
import { ASSUMED, planOf, type RowCosts, rounded } from './capacity-plan.ts';
import { errorAt, estimates } from './sampling-error.ts';
import { writeShardRows } from './shard-rows.ts';
import { measureSpark } from './spark-cost.ts';

const BIN = fileURLToPath(new URL('../../bin/', import.meta.url));
const [millions = 2.5, checkMillions = 10, onSpark = 1] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'wavetune-scale-'));
const CAPACITY = 0.1;

async function makeLog(references: number): Promise<string> {
  const path = join(folder, `${references}.parquet`);
  const words = ['--references', `${references}`, '--tenants', '40', '--ids', 'u64', '--out', path];
  await runTree(`${BIN}make-trace`, words);
  return path;
}

const program = await buildShardProgram(folder);

/** The program over rows in a file, as a task of an engine would run it. */
function runProgram(rows: string, policies: readonly string[]): Promise<TreeCost> {
  const question: ShardQuestion = {
    ...{ blockSize: 512, tail: 'count', measureFrom: 0.5, residency: 'closed', hits: 'continuous' },
    policies: policies.map((policy) => ({ policy, parameters: {} })),
    capacities: [{ kind: 'share', share: CAPACITY }],
  };
  const word = encodeQuestion(question);
  return runTree('/bin/sh', [
    '-c',
    `exec '${process.execPath}' ${program} ${word} < ${rows} > /dev/null`,
  ]);
}

async function measureAt(references: number) {
  const log = await makeLog(references);
  const rows = join(folder, `${references}.tsv`);
  const shape = await writeShardRows(log, rows);
  const bare = await runProgram(rows, []);
  const simple = await runProgram(rows, ['s3-fifo']);
  const learned = await runProgram(rows, ['learned']);
  return { log, rows, shape, bare, simple, learned };
}

const seconds = (value: number): number => Number(value.toFixed(2));
const load = (): number => Number(loadavg()[0].toFixed(1));

const small = await measureAt(millions * 1e6 * 0.25);
const large = await measureAt(millions * 1e6);
const more = large.shape.references - small.shape.references;
/** Of a further reference, in nanoseconds; what a process costs by itself drops out. */
const marginal = (of: (at: typeof large) => number): number =>
  ((of(large) - of(small)) / more) * 1e9;

const readNanos = marginal(({ bare }) => bare.cpuSeconds);
const simpleNanos = marginal(({ simple, bare }) => simple.cpuSeconds - bare.cpuSeconds);
const learnedNanos = marginal(({ learned, bare }) => learned.cpuSeconds - bare.cpuSeconds);
const fixedSeconds = small.bare.cpuSeconds - (readNanos * small.shape.references) / 1e9;

const words = [
  '--trace',
  large.log,
  '--shards',
  'tenant',
  '--policies',
  's3-fifo,learned',
  '--capacities',
  '10%',
  '--json',
];
const local = await runTree(`${BIN}replay-cache`, [...words, '--threads', '1']);
const piped = await runProgram(large.rows, ['s3-fifo', 'learned']);
const sample = words.map((word) => (word === 'tenant' ? 'hash:64/1' : word));
const spark = onSpark === 0 ? undefined : await measureSpark(folder, [words, words, words, sample]);
const [, , warm, scan] = spark ?? [];
const perCore = (cpuSeconds: number): number => large.shape.references / cpuSeconds / 1e6;
console.log(
  `s3-fifo and learned at 10 % for each of ${large.shape.tenants} tenants, ${large.shape.references} references, load ${load()}`,
);
console.table(
  [
    { way: 'local pool, reading included', cpu: local.cpuSeconds, wall: local.seconds },
    { way: 'program over a pipe', cpu: piped.cpuSeconds, wall: piped.seconds },
    ...(spark ?? []).slice(0, 3).map((cost, i) => ({
      way: `Spark, run ${i + 1}, its workers`,
      cpu: cost.cpuSeconds,
      wall: cost.seconds,
    })),
  ].map(({ way, cpu, wall }) => ({
    way,
    'core s': seconds(cpu),
    'wall s': seconds(wall),
    'M references a core s': rounded(perCore(cpu)),
    'of the local pool': rounded(local.cpuSeconds / cpu),
  })),
);

const costs: RowCosts = {
  readNanos,
  simpleNanos,
  learnedNanos,
  scanNanos: nanosOf(scan?.cpuSeconds),
  moveNanos: nanosOf(warm && scan && warm.cpuSeconds - scan.cpuSeconds - piped.cpuSeconds),
  shuffledBytes: warm === undefined ? Number.NaN : warm.shuffledBytes / large.shape.references,
  pipedBytes: large.shape.bytes / large.shape.references,
  residentBytes:
    ((large.learned.peakMegabytes - small.learned.peakMegabytes) * 1e6) /
    (more * largestShare(large.shape)),
  errorRoot: await errorAt(large.log),
};
console.log('what a further reference costs');
console.table(
  Object.fromEntries(Object.entries(costs).map(([name, value]) => [name, rounded(value)])),
);

const check = await makeLog(checkMillions * 1e6);
const checkRows = join(folder, 'check.tsv');
const shape = await writeShardRows(check, checkRows);
const found = await runProgram(checkRows, ['s3-fifo', 'learned']);
const expected = fixedSeconds + (shape.references * (readNanos + simpleNanos + learnedNanos)) / 1e9;
console.log(`the model against a run of ${shape.references} references, load ${load()}`);
console.table([
  {
    'expected, core s': seconds(expected),
    'measured, core s': seconds(found.cpuSeconds),
    'off by, %': rounded(100 * (expected / found.cpuSeconds - 1)),
    'peak, MB': Math.round(found.peakMegabytes),
  },
]);

console.log('one cache estimated from random parts of the chains');
console.table(await estimates(large.log));

console.log(`a day, assumed: ${JSON.stringify(ASSUMED)}`);
console.table([
  planOf(costs, { references: 1e9, share: 1 }),
  planOf(costs, { references: 1e12, share: 1 }),
  planOf(costs, { references: 1e12, share: 1 / 64 }),
  planOf(costs, { references: 1e12, share: 1 / 1024 }),
]);
rmSync(folder, { recursive: true });

/** Of each reference of the larger log. */
function nanosOf(cpuSeconds = Number.NaN): number {
  return (cpuSeconds / large.shape.references) * 1e9;
}

/** References of the largest tenant by Zipf's law over all, of whose shard the peak is. */
function largestShare({ tenants }: { readonly tenants: number }): number {
  let sum = 0;
  for (let rank = 1; rank <= tenants; rank++) sum += 1 / rank;
  return 1 / sum;
}
