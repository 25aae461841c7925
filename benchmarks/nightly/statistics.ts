/**
 * The part of a night that grows with the nights before it, and whether it is exact: each night's log is counted once, and
 * all nights are added up. Then all logs are counted anew in one process, added up, and the two compared byte by byte.
 *
 * Usage: node benchmarks/nightly/statistics.ts [nights] [references a night]
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTree, type TreeCost } from '../support/process-tree.ts';

const program = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const node = (path: string, words: readonly string[]): Promise<TreeCost> =>
  runTree(process.execPath, ['--disable-warning=ExperimentalWarning', program(path), ...words]);

const [nights = 30, references = 1e6] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'wavetune-nightly-statistics-'));

function write(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

function place(name: string): string {
  mkdirSync(join(folder, name));
  return join(folder, name);
}

interface Job {
  readonly path: string;
  readonly partial: string;
}

function count(jobs: readonly Job[], partials: string): Promise<TreeCost> {
  const words = ['--jobs', write('jobs.json', jobs), '--partials', partials, '--block-size=64'];
  return node('pipelines/nightly/src/summarise-main.ts', [...words, '--half-life-ms=86400000']);
}

function addUp(jobs: readonly Job[], partials: string, out: string): Promise<TreeCost> {
  const names = jobs.map(({ partial }) => partial);
  const words = ['--jobs', write('names.json', names), '--partials', partials, '--out', out];
  return node('pipelines/nightly/src/merge-main.ts', [...words, '--least-count=2']);
}

const rows: object[] = [];
const show = (what: string, cost: TreeCost): void => {
  const { cpuSeconds, seconds, peakMegabytes } = cost;
  const load = loadavg()[0].toFixed(1);
  rows.push({
    what,
    'cpu s': cpuSeconds,
    'wall s': seconds.toFixed(1),
    MB: peakMegabytes.toFixed(0),
    load,
  });
};

try {
  const jobs: Job[] = [];
  const [nightly, atOnce] = ['nightly', 'at-once'].map(place);
  for (let night = 1; night <= nights; night++) {
    const path = join(folder, `${night}.parquet`);
    const words = [`--references=${references}`, `--seed=${night}`, '--block-size=64'];
    await node('pipelines/make-trace/src/main.ts', [...words, `--out=${path}`]);
    const job = { path, partial: `night-${night}` };
    jobs.push(job);
    const counting = await count([job], nightly);
    if (night > 2 && night < nights - 1) continue;
    show(`night ${night}: count its log`, counting);
    show(`night ${night}: add up ${night}`, await addUp(jobs, nightly, nightly));
  }
  show(`count ${nights} logs anew`, await count(jobs, atOnce));
  show('add them up', await addUp(jobs, atOnce, atOnce));
  console.table(rows);
  for (const file of ['blocks.parquet', 'statistics.json']) {
    const [one, other] = [nightly, atOnce].map((each) => readFileSync(join(each, file)));
    console.log(`${file}: ${one.equals(other) ? 'the same bytes' : 'DIFFERENT'}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
