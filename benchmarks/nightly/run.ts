/**
 * What a night costs: nights of a million references each, one after the other, whose merged statistics must be those of
 * one run over all of them, and one night of ten million.
 *
 * Usage: node benchmarks/nightly/run.ts [nights] [references a night] [references of the large night]; 0 leaves out.
 */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTree, type TreeCost } from '../support/process-tree.ts';
import { median } from '../support/whole-process.ts';

const bin = (name: string): string => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));

const [nights = 30, references = 1e6, large = 1e7] = process.argv.slice(2).map(Number);
const folder = join(tmpdir(), 'wavetune-benchmarks', `nightly-${process.pid}`);
mkdirSync(folder, { recursive: true });

const dayOf = (night: number): string =>
  new Date(Date.UTC(2026, 9, night)).toISOString().slice(0, 10);

/** A trace of so many references, nights differ by seed. */
async function writeTrace(night: number, count: number): Promise<string> {
  const path = join(folder, `${night}-${count}.parquet`);
  const words = [`--references=${count}`, `--seed=${night}`, '--block-size=64', `--out=${path}`];
  await runTree(bin('make-trace'), words);
  return path;
}

/** A folder with a configuration; logs come with {@link run}. */
function place(name: string): string {
  const home = join(folder, name);
  mkdirSync(join(home, 'logs'), { recursive: true });
  writeFileSync(
    join(home, 'nightly.yaml'),
    'logs: {files: "logs/{date}.parquet", options: {block-size: 64}}\n',
  );
  return home;
}

const bring = (home: string, day: string, path: string): void =>
  symlinkSync(path, join(home, 'logs', `${day}.parquet`));

const run = (home: string, day: string): Promise<TreeCost> =>
  runTree(bin('nightly'), ['run', '--config', join(home, 'nightly.yaml'), '--date', day]);

const rowOf = (what: string, cost: TreeCost) => ({
  what,
  'wall s': cost.seconds.toFixed(1),
  'cpu s': cost.cpuSeconds.toFixed(1),
  'largest process MB': cost.peakProcessMegabytes.toFixed(0),
  'all processes MB': cost.peakMegabytes.toFixed(0),
  load: loadavg()[0].toFixed(1),
});

async function manyNights(): Promise<void> {
  const home = place('many');
  const scratch = place('scratch');
  const costs: TreeCost[] = [];
  const rows = [];
  for (let night = 1; night <= nights; night++) {
    const path = await writeTrace(night, references);
    for (const each of [home, scratch]) bring(each, dayOf(night), path);
    const cost = await run(home, dayOf(night));
    costs.push(cost);
    rows.push(rowOf(`night ${night}, ${references} references`, cost));
  }
  rows.push(rowOf(`all ${nights} nights in one run`, await run(scratch, dayOf(nights))));
  console.table(rows);
  const ratio = (of: (cost: TreeCost) => number): string => {
    const values = costs.map(of);
    return `${(values.at(-1)! / values[1]).toFixed(2)} (medians of three nights: ${(median(values.slice(-3)) / median(values.slice(1, 4))).toFixed(2)})`;
  };
  console.log(`night ${nights} / night 2, cpu  ${ratio(({ cpuSeconds }) => cpuSeconds)}`);
  console.log(`night ${nights} / night 2, wall ${ratio(({ seconds }) => seconds)}`);
  for (const file of ['blocks.parquet', 'statistics.json']) {
    const [merged, atOnce] = [home, scratch].map((each) =>
      readFileSync(join(each, 'runs', dayOf(nights), file)),
    );
    console.log(`${file}: ${merged.equals(atOnce) ? 'the same bytes' : 'DIFFERENT'}`);
  }
}

async function largeNight(): Promise<void> {
  const home = place('large');
  bring(home, dayOf(1), await writeTrace(99, large));
  const cost = await run(home, dayOf(1));
  console.table([rowOf(`one night of ${large} references`, cost)]);
  const metrics = readFileSync(join(home, 'runs', dayOf(1), 'metrics.prom'), 'utf8');
  const steps = metrics.matchAll(/^wavetune_nightly_step_duration_seconds\{step="(\w+)"\} (.*)$/gm);
  console.log(
    [...steps].map(([, step, seconds]) => `${step} ${Number(seconds).toFixed(1)}`).join(', '),
  );
}

try {
  if (nights > 0) await manyNights();
  if (large > 0) await largeNight();
} finally {
  rmSync(folder, { recursive: true });
}
