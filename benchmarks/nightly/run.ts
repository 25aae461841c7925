/**
 * What a night costs: thirty nights of a million references each, one after the other, and one night of ten million.
 *
 * Usage: node benchmarks/nightly/run.ts [nights] [references a night] [references of the large night]
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTree } from '../support/process-tree.ts';
import { median } from '../support/whole-process.ts';

const bin = (name: string): string => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));

const [nights = 30, references = 1e6, large = 1e7] = process.argv.slice(2).map(Number);
const folder = join(tmpdir(), 'wavetune-benchmarks', 'nightly');
mkdirSync(folder, { recursive: true });

const dayOf = (night: number): string =>
  new Date(Date.UTC(2026, 9, night)).toISOString().slice(0, 10);

/** A trace of so many references; nights differ by seed. */
async function trace(name: string, seed: number, count: number): Promise<string> {
  const path = join(folder, `${name}-${count}.parquet`);
  const words = [
    '--references',
    `${count}`,
    '--seed',
    `${seed}`,
    '--block-size',
    '64',
    '--out',
    path,
  ];
  if (!existsSync(path)) await runTree(bin('make-trace'), words);
  return path;
}

async function place(
  name: string,
  logs: readonly (readonly [day: string, path: string])[],
): Promise<string> {
  const home = join(folder, name);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(home, 'logs'), { recursive: true });
  for (const [day, path] of logs)
    writeFileSync(join(home, 'logs', `${day}.parquet`), readFileSync(path));
  writeFileSync(
    join(home, 'nightly.yaml'),
    'logs: {files: "logs/{date}.parquet", options: {block-size: 64}}\n',
  );
  return home;
}

const run = (home: string, day: string) =>
  runTree(bin('nightly'), ['run', '--config', join(home, 'nightly.yaml'), '--date', day]);

const logs: [string, string][] = [];
for (let night = 1; night <= nights; night++) {
  logs.push([dayOf(night), await trace(`night-${night}`, night, references)]);
}
const home = await place('thirty', logs);
const costs = [];
for (const [day] of logs) costs.push(await run(home, day));
const seconds = costs.map((cost) => cost.seconds);
const early = median(seconds.slice(1, 4));
const late = median(seconds.slice(-3));

const largeHome = await place('large', [[dayOf(1), await trace('large', 99, large)]]);
const one = await run(largeHome, dayOf(1));

console.table([
  { what: `nights 2 to 4 of ${references} references, median s`, value: early.toFixed(1) },
  { what: `nights ${nights - 2} to ${nights}, median s`, value: late.toFixed(1) },
  { what: 'late / early', value: (late / early).toFixed(2) },
  { what: 'night 30 / night 2', value: (seconds.at(-1)! / seconds[1]).toFixed(2) },
  { what: `one night of ${large} references, s`, value: one.seconds.toFixed(1) },
  { what: 'its peak memory, all processes, MB', value: one.peakMegabytes.toFixed(0) },
]);
