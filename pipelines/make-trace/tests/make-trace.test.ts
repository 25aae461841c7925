import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEngine } from '@wavetune/engine';
import { I64, listOf, scan, TEXT, U64 } from '@wavetune/ir';
import { afterAll, describe, expect, it } from 'vitest';
import { mixOf } from '../src/mix.ts';
import { endingOf, ROW_KINDS } from '../src/row-kinds.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const ASSETS = fileURLToPath(new URL('../../../assets/', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'wavetune-make-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(words: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Made by `benchmarks/feature-pipeline/make-samples.ts`; a test of the plan commands holds them to it. */
const OF_PLANS = new Set(['customers.parquet', 'orders.parquet', 'plan.json', 'plan-datajax.json']);

describe('the samples in assets', () => {
  const readme = readFileSync(join(ASSETS, 'README.md'), 'utf8');
  const lines = [...readme.matchAll(/^ {4}bin\/make-trace (.*) --out assets\/(\S+)$/gm)];

  it('are all made by a line of the README, but for those of plans, which have their own generator', () => {
    const made = lines.map(([, , path]) => path).sort();
    const samples = readdirSync(join(ASSETS, 'samples'))
      .filter((name) => !OF_PLANS.has(name))
      .map((name) => `samples/${name}`);
    expect(made).toEqual(['sample_events.jsonl', ...samples].sort());
  });

  it.each(lines.map(([, words, path]) => [path, words]))(
    '%s is what its line makes, byte for byte',
    async (path, words) => {
      const out = join(folder, basename(path));
      const outcome = await run([...words.split(' '), '--out', out]);
      expect(outcome.stderr).toMatch(/requests of/);
      expect(outcome.status).toBe(0);
      expect(readFileSync(out).equals(readFileSync(join(ASSETS, path)))).toBe(true);
    },
  );
});

describe('make-trace', () => {
  it('writes the same requests as Parquet and as JSONL', async () => {
    const words = ['--requests', '300', '--ids', 'u64', '--labels', '--seed', '9', '--out'];
    const [text, parquet] = [join(folder, 'a.jsonl'), join(folder, 'a.parquet')];
    const outcomes = await Promise.all(
      [text, parquet].map((out) => run([...words, out, '--json'])),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([0, 0]);
    const [left, right] = outcomes.map(({ stdout }) => ({ ...JSON.parse(stdout), out: '' }));
    expect(left).toEqual(right);
    expect(left).toMatchObject({ requests: 300, tenants: expect.any(Number) });
    const engine = await openEngine({ memoryLimitBytes: 2 ** 28, threads: 1 });
    try {
      const rows = await engine.rows(
        scan({
          format: 'parquet',
          files: [parquet],
          columns: [
            { name: 'timestamp', type: I64 },
            { name: 'hash_ids', type: listOf(U64) },
            { name: 'session_id', type: TEXT },
          ],
        }),
      );
      const fromParquet = rows.map(
        ({ timestamp, hash_ids, session_id }) => `${timestamp} ${hash_ids} ${session_id}`,
      );
      const fromText = readFileSync(text, 'utf8')
        .trim()
        .split('\n')
        .map((line) => {
          const [, time, ids, session] =
            /"timestamp":(\d+),.*"hash_ids":\[(.*?)\],.*"session_id":"(\d+)"/.exec(line) ?? [];
          return `${time} ${ids} ${session}`;
        });
      expect(fromParquet).toEqual(fromText);
    } finally {
      await engine.close();
    }
  });

  it.each([
    [2, /exclude each other/, ['--requests', '1', '--references', '1', '--out', 'a.jsonl']],
    [2, /end in .jsonl, .parquet/, ['--out', 'a.csv']],
    [1, /generate.bad-option: mix is talk/, ['--workload', 'talk', '--out', 'a.jsonl']],
    [
      1,
      /core.cannot-publish: cannot write .*there is no folder/,
      ['--out', 'no/such/folder/a.jsonl'],
    ],
    [
      1,
      /core.cannot-publish: cannot write .*there is no folder/,
      ['--out', 'no/such/folder/a.parquet'],
    ],
  ])('ends with status %d and says %s', async (status, message, words) => {
    const place = join(folder, 'refused');
    mkdirSync(place, { recursive: true });
    const outcome = await run(
      words.map((word) => (/^(a\.|no)/.test(word) ? join(place, word) : word)),
    );
    expect(outcome.stderr).toMatch(message);
    expect(outcome.status).toBe(status);
    expect(readdirSync(place)).toEqual([]);
  });

  it('leaves the old file where it is interrupted, and nothing beside it', async () => {
    const place = join(folder, 'interrupted');
    mkdirSync(place);
    const out = join(place, 'a.jsonl');
    writeFileSync(out, 'old');
    const status = await new Promise((resolve) => {
      const words = [MAIN, '--references', '4000000000', '--out', out];
      const child = execFile(process.execPath, words, (error) => resolve(error?.code));
      const timer = setInterval(() => {
        if (readdirSync(place).length < 2) return;
        clearInterval(timer);
        child.kill('SIGINT');
      }, 20);
    });
    expect(status).toBe(130);
    expect(readdirSync(place)).toEqual(['a.jsonl']);
    expect(readFileSync(out, 'utf8')).toBe('old');
  });
});

describe('mixOf', () => {
  it('reads one name, shares, and what is no number as NaN', () => {
    expect(mixOf('chat')).toEqual({ chat: 1 });
    expect(mixOf('chat=3, rag')).toEqual({ chat: 3, rag: 1 });
    expect(mixOf('chat=x,rag=')).toEqual({ chat: Number.NaN, rag: Number.NaN });
  });
});

describe('endingOf', () => {
  it('looks through packing, which Parquet does not have', () => {
    const [requests, keys] = ROW_KINDS;
    expect(endingOf('a/b.jsonl.zst', requests)).toBe('.jsonl');
    expect(endingOf('b.csv.gz', keys)).toBe('.csv');
    expect(endingOf('b.parquet', keys)).toBe('.parquet');
    expect(endingOf('b.parquet.gz', keys)).toBeUndefined();
    expect(endingOf('b.csv', requests)).toBeUndefined();
  });
});
