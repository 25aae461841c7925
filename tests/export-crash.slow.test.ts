import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from './support/scratch.ts';

const EXPORT = fileURLToPath(new URL('../pipelines/export-wavespec/src/main.ts', import.meta.url));
const KILLS = 120;
const OUTPUTS = ['wavespec.json', 'bad.jsonl', 'blocks.parquet'] as const;

const folder = scratchFolder('crash');
const place = join(folder, 'out');
/** Where the engine spills; its own, so that this test sees what is left there. */
const spill = join(folder, 'spill');
const LOGS = ['a', 'b'].map((name) => join(folder, `${name}.jsonl`));

/** 3,000 requests over 6,000 blocks, 10 bad records; other ids a log. */
function logOf(first: number): string {
  const good = Array.from({ length: 3000 }, (_, i) =>
    JSON.stringify({
      timestamp: i,
      input_length: 1536,
      output_length: 1,
      hash_ids: [first, first + 1 + (i % 40), first + 1000 + 2 * i],
    }),
  );
  return `${[...good, ...Array.from({ length: 10 }, (_, i) => `bad ${first + i}`)].join('\n')}\n`;
}

/** Starts an export of a log over the outputs; `signal` ends it. */
function startExport(log: string) {
  const [out, quarantine, blocks] = OUTPUTS.map((name) => join(place, name));
  const words = ['--logs', log, '--top-k', 'none', '--page-bytes', '1MiB', '--quiet'];
  const child = spawn(
    process.execPath,
    [EXPORT, ...words, '--out', out, '--quarantine', quarantine, '--blocks', blocks],
    { env: { ...process.env, TMPDIR: spill }, stdio: 'ignore' },
  );
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { kill: () => child.kill('SIGKILL'), ended };
}

const contentsOf = (): readonly string[] =>
  OUTPUTS.map((name) => readFileSync(join(place, name), 'latin1'));

/** What a whole run over each log writes. */
const whole: (readonly string[])[] = [];
let runMillis = 0;

beforeAll(async () => {
  mkdirSync(place);
  mkdirSync(spill);
  for (const [i, log] of LOGS.entries()) {
    writeFileSync(log, logOf(1 + 100_000 * i));
    const start = performance.now();
    expect(await startExport(log).ended).toBe(0);
    runMillis = performance.now() - start;
    whole.push(contentsOf());
  }
});

/** Each output is the whole one of either log. */
function expectWhole(): void {
  for (const [i, content] of contentsOf().entries()) {
    if (whole.some((outputs) => outputs[i] === content)) continue;
    throw new Error(`${OUTPUTS[i]} holds ${content.length} bytes that no run wrote`);
  }
}

/** Reads again and again until the export has ended; kills it at `killMillis`, or so long after `place` changed. */
async function crash(log: string, killMillis: number, afterWriting: boolean): Promise<number> {
  const before = readdirSync(place).length;
  const run = startExport(log);
  let reads = 0;
  let isRunning = true;
  run.ended.then(() => {
    isRunning = false;
  });
  let from = performance.now();
  let waits = afterWriting;
  while (isRunning) {
    expectWhole();
    reads++;
    if (waits && readdirSync(place).length > before) {
      waits = false;
      from = performance.now();
    }
    if (!waits && performance.now() - from >= killMillis) run.kill();
    await sleep(1);
  }
  return reads;
}

describe(`export-wavespec, killed ${KILLS} times`, () => {
  it('leaves each output old or new, and whole, to a reader at any moment', async () => {
    let reads = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const afterWriting = kill % 2 === 1;
      const most = afterWriting ? runMillis / 2 : runMillis;
      reads += await crash(LOGS[kill % LOGS.length], Math.random() * most, afterWriting);
    }
    expectWhole();
    expect(reads).toBeGreaterThan(KILLS);
  });

  it('leaves temporary files that go with the first success a day later', async () => {
    const leftovers = (): readonly string[] => [
      ...readdirSync(place).filter((name) => !OUTPUTS.some((output) => output === name)),
      ...readdirSync(spill),
    ];
    expect(leftovers().length).toBeGreaterThan(0);
    const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
    for (const parent of [place, spill]) {
      for (const name of readdirSync(parent)) utimesSync(join(parent, name), yesterday, yesterday);
    }
    expect(await startExport(LOGS[0]).ended).toBe(0);
    expect(leftovers()).toEqual([]);
    expect(contentsOf()).toEqual(whole[0]);
  });
});
