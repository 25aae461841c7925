/**
 * The same plans on DuckDB (embedded), chdb (ClickHouse's engine, behind its HTTP interface) and Spark (a cluster of two
 * workers on this machine, by Spark Connect), on Parquet logs of growing size: time, memory, a line of cost for each and
 * where the lines cross. Every measurement has a process, and Spark's a cluster, of its own.
 * Usage: node benchmarks/engines/run.ts [references,…] [engine,…] [--rounds 3] [--once-from 10M] [--read-to 10M]
 *   [--limit 600]
 * From `--once-from` on a log is measured once; up to `--read-to` it is read into columns too; a measurement that takes more
 * than `--limit` seconds is given up.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { type CostLine, describeCrossing, fitLine } from './cost-line.ts';
import { makeLogs } from './make-log.ts';
import type { Measurement } from './measure.ts';
import { CONTENDERS, SPARK_WORKERS } from './open-contender.ts';

const MEASURE = fileURLToPath(new URL('measure.ts', import.meta.url));
const [FIRST] = Object.keys(CONTENDERS);
const SMALL_ROUNDS = 20;
const PLANS = ['count by block', 'read into columns'];
const WORKERS_SHOWN = [1.25, 2, 4];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    'once-from': { type: 'string', default: '10M' },
    'read-to': { type: 'string', default: '10M' },
    limit: { type: 'string', default: '600' },
  },
});
const sizes = (positionals[0] ?? '1M,3M')
  .split(',')
  .map(countOf)
  .sort((a, b) => a - b);
const rounds = countOf(values.rounds);
const onceFrom = countOf(values['once-from']);
const readTo = countOf(values['read-to']);
const limitSeconds = countOf(values.limit);

/** `3000000` or `3M`. */
function countOf(text: string): number {
  const found = /^([1-9]\d*)(M?)$/.exec(text);
  if (found === null) throw new Error(`${text} is no count; accepted are 3000000 and 3M`);
  return Number(found[1]) * (found[2] === 'M' ? 1e6 : 1);
}

/** The engines that are asked for and can run here; the others say why not. */
async function presentEngines(): Promise<readonly string[]> {
  const names = (positionals[1] ?? Object.keys(CONTENDERS).join(',')).split(',');
  const present: string[] = [];
  for (const name of names) {
    if (!(name in CONTENDERS))
      throw new Error(`no engine ${name}; there are ${Object.keys(CONTENDERS).join(', ')}`);
    const reason = await CONTENDERS[name].whyMissing();
    if (reason === undefined) present.push(name);
    else console.log(`${name} is left out: ${reason}`);
  }
  return present;
}

interface Failure extends Error {
  readonly stderr?: string;
  readonly killed?: boolean;
}

/** Undefined, and printed, where the engine failed or took too long. */
async function measure(...words: readonly string[]): Promise<Measurement | undefined> {
  try {
    const run = promisify(execFile)(process.execPath, [MEASURE, ...words], {
      timeout: limitSeconds * 1000,
    });
    return JSON.parse((await run).stdout);
  } catch (error) {
    const { stderr, killed, message } = error as Failure;
    const reason = killed ? `more than ${limitSeconds} s` : stderr?.slice(-2000) || message;
    console.log(`${words[0]}, ${words[1]}: given up, ${reason}`);
    return undefined;
  }
}

/** What a query costs that has nothing to do, in seconds by engine. */
async function compareSmall(
  names: readonly string[],
  log: string,
): Promise<ReadonlyMap<string, number>> {
  const rows: Row[] = [];
  for (const name of names) {
    const found = await measure(name, 'one row', log, log, String(SMALL_ROUNDS));
    if (found !== undefined) rows.push({ name, millions: 0, ...found });
  }
  const first = rows.find(({ name }) => name === FIRST);
  console.log('a query of one row, without a log');
  console.table(
    rows.map(({ name, seconds, peakMegabytes }) => ({
      engine: name,
      ms: round(seconds * 1000),
      'peak MB': Math.round(peakMegabytes),
      [`ms more than ${FIRST}`]: first && round((seconds - first.seconds) * 1000),
    })),
  );
  return new Map(rows.map(({ name, seconds }) => [name, seconds]));
}

interface Row extends Measurement {
  readonly name: string;
  readonly millions: number;
}

/** One plan on all logs; an engine that fails is asked for no larger log. */
async function measurePlan(
  plan: string,
  names: readonly string[],
  logs: ReadonlyMap<number, string>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const failed = new Set<string>();
  const [smallest] = logs.values();
  for (const [references, log] of logs) {
    if (plan !== PLANS[0] && references > readTo) break;
    const times = references >= onceFrom ? 1 : rounds;
    for (const name of names.filter((each) => !failed.has(each))) {
      const found = await measure(name, plan, log, smallest, String(times));
      if (found === undefined) failed.add(name);
      else rows.push({ name, millions: Number(found.answer.split(' ')[1]) / 1e6, ...found });
    }
  }
  if (new Set(rows.map(({ answer }) => answer)).size > new Set(rows.map((r) => r.millions)).size)
    throw new Error(`the engines do not agree: ${rows.map((r) => `${r.name} ${r.answer}`)}`);
  return rows;
}

function costOf({ name, millions, seconds, peakMegabytes }: Row, rows: readonly Row[]) {
  const first = rows.find((row) => row.name === FIRST && row.millions === millions);
  return {
    engine: name,
    'M references': round(millions),
    seconds: round(seconds),
    'peak MB': Math.round(peakMegabytes),
    [`× ${FIRST}`]: first && round(seconds / first.seconds),
  };
}

function compareLines(rows: readonly Row[], least: ReadonlyMap<string, number>): void {
  const byName = Object.entries(Object.groupBy(rows, ({ name }) => name));
  const lines = new Map(
    byName.map(([name, own = []]) => [name, fitLine(own, least.get(name) ?? 0)]),
  );
  const first = lines.get(FIRST);
  console.table(
    [...lines].map(([name, line]) => ({
      engine: name,
      'fixed s': line && round(line.fixedSeconds),
      's per M references': line ? round(line.secondsPerMillion) : 'sizes too close to tell',
      [`below ${FIRST}`]: name !== FIRST && line && first ? describeCrossing(line, first) : '',
    })),
  );
  const spark = lines.get('spark');
  if (first !== undefined && spark !== undefined) printWorkers(spark, first);
}

/** The best that more workers can do: they divide the slope, and the fixed cost stays. */
function printWorkers(spark: CostLine, first: CostLine): void {
  const equal = (SPARK_WORKERS * spark.secondsPerMillion) / first.secondsPerMillion;
  console.log(
    `Spark's slope is that of ${SPARK_WORKERS} workers of one core. If w workers divide it by w/${SPARK_WORKERS}, and they do no ` +
      `better, it equals ${FIRST}'s at w = ${round(equal)}.`,
  );
  for (const workers of WORKERS_SHOWN.map((times) => Math.ceil(equal * times))) {
    const secondsPerMillion = (spark.secondsPerMillion * SPARK_WORKERS) / workers;
    const told = describeCrossing({ ...spark, secondsPerMillion }, first);
    console.log(`Spark below ${FIRST} with ${workers} workers: ${told}`);
  }
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

const folder = mkdtempSync(join(tmpdir(), 'wavetune-bench-engines-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
const begin = performance.now();
const names = await presentEngines();
console.log(`load ${loadavg()[0].toFixed(1)} at the beginning`);
const logs = new Map(sizes.map((size) => [size, join(folder, `${size}.parquet`)]));
await makeLogs(folder, logs);
console.log(`logs made in ${round((performance.now() - begin) / 1000)} s`);
const oneRowSeconds = await compareSmall(names, [...logs.values()][0]);
for (const plan of PLANS) {
  const rows = await measurePlan(plan, names, logs);
  if (rows.length === 0) continue;
  console.log(plan);
  console.table(rows.map((row) => costOf(row, rows)));
  compareLines(rows, oneRowSeconds);
}
console.log(
  `load ${loadavg()[0].toFixed(1)} at the end, ${round((performance.now() - begin) / 1000)} s in all`,
);
