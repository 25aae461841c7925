import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRng } from '@wavetune/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHORT_CONFIG, writeNights } from './support/nights.ts';
import { scratchFolder } from './support/scratch.ts';

const NIGHTLY = fileURLToPath(new URL('../pipelines/nightly/src/main.ts', import.meta.url));
const KILLS = 100;
const [BEFORE, NIGHT] = ['2026-11-19', '2026-11-20'];
/** What a run leaves beside its outputs: with a time of day in it, or a database whose bytes the engine does not fix. */
const BESIDE = new Set([
  'log.jsonl',
  'metrics.prom',
  'index.duckdb',
  'index.duckdb.lock',
  'steps/index.json',
]);

const folder = scratchFolder('nightly-crash');
const config = join(folder, 'nightly.yaml');
const runs = join(folder, 'runs');

interface Ended {
  readonly status: number | null;
  readonly stderr: string;
}

function start(
  words: readonly string[],
  path = config,
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [NIGHTLY, ...words, '--config', path], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (status) => resolve({ status, stderr })),
  );
  return { child, ended };
}

const RESUME = ['run', '--date', NIGHT, '--resume'];

/** Digest of every output of a run, by path. */
function contentsOf(run: string): Readonly<Record<string, string>> {
  const files = readdirSync(run, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(run, path)).isFile() && !BESIDE.has(path))
    .sort();
  const digest = (path: string): string =>
    createHash('sha256')
      .update(readFileSync(join(run, path)))
      .digest('hex');
  return Object.fromEntries(files.map((path) => [path, digest(path)]));
}

/** Fails where `current` leads to anything but a whole run. */
function checkCurrent(place = runs): string {
  const name = readlinkSync(join(place, 'current'));
  const run = join(place, name);
  const { steps, schema } = JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8'));
  expect(schema).toBe('nightly-run/1');
  for (const { path, bytes } of steps.flatMap(({ outputs }: { outputs: object[] }) => outputs)) {
    expect(statSync(join(run, path)).size).toBe(bytes);
  }
  return name;
}

/** As before the night: the night before it is published, and nothing else was counted. */
function rewind(): void {
  for (const name of readdirSync(runs)) {
    if (name !== BEFORE && name !== '.partials')
      rmSync(join(runs, name), { recursive: true, force: true });
  }
  const { ledger } = JSON.parse(readFileSync(join(runs, BEFORE, 'manifest.json'), 'utf8'));
  for (const file of readdirSync(join(runs, '.partials'))) {
    const isCounted = ledger.some(({ digest }: { digest: string }) => file.startsWith(digest));
    if (!isCounted) rmSync(join(runs, '.partials', file));
  }
  symlinkSync(BEFORE, join(runs, 'current'));
}

let undisturbed: Readonly<Record<string, string>>;
let runMillis = 0;

beforeAll(async () => {
  writeNights(folder, [BEFORE, NIGHT]);
  for (const night of [BEFORE, NIGHT]) {
    const begin = performance.now();
    const { status, stderr } = await start(['run', '--date', night]).ended;
    runMillis = performance.now() - begin;
    expect(status, stderr).toBe(0);
  }
  undisturbed = contentsOf(join(runs, NIGHT));
}, 240_000);

describe('nightly under kill -9', () => {
  it(`ends the same after ${KILLS} kills at random moments`, async () => {
    const rng = createRng(7);
    let kills = 0;
    let nights = 0;
    rewind();
    const reader = setInterval(() => checkCurrent(), 20);
    try {
      while (kills < KILLS) {
        const { child, ended } = start(RESUME);
        const timer = setTimeout(
          () => child.kill('SIGKILL'),
          rng.nextBelow(Math.round(0.7 * runMillis)),
        );
        const { status, stderr } = await ended;
        clearTimeout(timer);
        if (status === null) {
          kills++;
          continue;
        }
        expect(status, stderr).toBe(0);
        expect(checkCurrent()).toBe(NIGHT);
        expect(contentsOf(join(runs, NIGHT))).toEqual(undisturbed);
        nights++;
        rewind();
      }
    } finally {
      clearInterval(reader);
    }
    expect(nights).toBeGreaterThan(0);
  }, 1_200_000);

  it('ends the same after a kill at the end of every step', async () => {
    rewind();
    const steps = join(runs, '.work', NIGHT, 'steps');
    const done = (): number => {
      try {
        return readdirSync(steps).filter((name) => name.endsWith('.json')).length;
      } catch {
        return 0;
      }
    };
    let kills = 0;
    for (;;) {
      const before = done();
      const { child, ended } = start(RESUME);
      const timer = setInterval(() => {
        if (done() > before) child.kill('SIGKILL');
      }, 2);
      const { status, stderr } = await ended;
      clearInterval(timer);
      checkCurrent();
      if (status !== null) {
        expect(status, stderr).toBe(0);
        break;
      }
      kills++;
    }
    expect(kills).toBeGreaterThan(5);
    expect(contentsOf(join(runs, NIGHT))).toEqual(undisturbed);
  }, 300_000);

  it('fails by name when the process of a step is killed, and resumes', async () => {
    rewind();
    const { child, ended } = start(RESUME);
    const timer = setInterval(() => {
      const children = spawnSync('pgrep', ['-P', `${child.pid}`], { encoding: 'utf8' }).stdout;
      const [pid] = children.split('\n').filter((line) => line !== '');
      if (pid !== undefined) process.kill(Number(pid), 'SIGKILL');
      if (pid !== undefined) clearInterval(timer);
    }, 50);
    const { status, stderr } = await ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(/nightly\.step-failed: step \w+ was killed by SIGKILL/);
    expect(checkCurrent()).toBe(BEFORE);
    expect((await start(RESUME).ended).status).toBe(0);
    expect(contentsOf(join(runs, NIGHT))).toEqual(undisturbed);
  }, 120_000);
});

describe('nightly on a full disk', () => {
  const disk = join(folder, 'disk');
  const small = join(folder, 'small.yaml');
  mkdirSync(disk);
  const canMount =
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', disk]).status === 0;
  if (!canMount) console.log('skipped: a tmpfs cannot be mounted here');
  afterAll(() => {
    if (canMount) spawnSync('umount', [disk]);
  });

  it.skipIf(!canMount)(
    'keeps what is published, says so, and resumes when there is room',
    async () => {
      writeFileSync(small, `runs: disk/runs\n${SHORT_CONFIG}`);
      const room = (size: string): void => {
        expect(spawnSync('mount', ['-o', `remount,size=${size}`, disk]).status).toBe(0);
      };
      room('64m');
      expect((await start(['run', '--date', BEFORE], small).ended).status).toBe(0);
      const { blocks } = diskUse(disk);
      for (const spare of [1, 60, 300, 700]) {
        room(`${blocks + spare}k`);
        const { status, stderr } = await start(RESUME, small).ended;
        expect(status, stderr).toBe(1);
        expect(stderr).toMatch(/nightly: (nightly\.step-failed|core\.cannot-publish|nightly\.)/);
        expect(checkCurrent(join(disk, 'runs'))).toBe(BEFORE);
      }
      room('64m');
      const { status, stderr } = await start(RESUME, small).ended;
      expect(status, stderr).toBe(0);
      const outputs = contentsOf(join(disk, 'runs', NIGHT));
      for (const [path, digest] of Object.entries(undisturbed)) {
        if (path !== 'manifest.json') expect([path, outputs[path]]).toEqual([path, digest]);
      }
    },
    120_000,
  );
});

/** Blocks of 1 KiB in use. */
function diskUse(path: string): { readonly blocks: number } {
  const { stdout } = spawnSync('df', ['-k', '--output=used', path], { encoding: 'utf8' });
  return { blocks: Number(stdout.split('\n')[1]) };
}
