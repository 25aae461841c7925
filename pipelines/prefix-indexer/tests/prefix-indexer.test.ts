import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { durationOption, timeOption } from '../src/times.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const BIN = fileURLToPath(new URL('../../../bin/prefix-indexer', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../../../assets/sample_events.jsonl', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'wavetune-prefix-indexer-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...words: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('bin/prefix-indexer', () => {
  const asBuilt = (...words: readonly string[]): string =>
    execFileSync(BIN, words, { cwd: folder, encoding: 'utf8' });

  it('scans a large file on threads while it starts, whole, once, and as others read it', async () => {
    const events = Array.from({ length: 110_000 }, (_, i) => ({
      prefix_id: `session-${(i * 7919) % 5003}`,
      tenant: `tenant-${i % 3}`,
      model_id: 'm',
      layer: i % 4,
      page_start: i % 5003,
      page_end: (i % 5003) + 3,
      bytes: 1_048_576,
      latency_ms: (i % 1000) / 7,
      timestamp_ms: 1_710_000_000_000 + i,
    }));
    const lines = events.map((event) => JSON.stringify(event));
    writeFileSync(join(folder, 'large.jsonl'), lines.join('\n'));
    const escaped = [lines[0].replace('tenant-', '\\u0074enant-'), ...lines.slice(1)];
    writeFileSync(join(folder, 'escaped.jsonl'), escaped.join('\n'));
    const scanned = ['large.jsonl', '--store', 'large.duckdb'];
    expect(asBuilt('ingest', ...scanned)).toBe(
      'ingested  large.jsonl, 110,000 events of 15,009 prefixes\n',
    );
    expect(asBuilt('ingest', ...scanned)).toBe('known before  large.jsonl\n');
    expect((await run('ingest', 'escaped.jsonl', '--store', 'escaped.duckdb')).status).toBe(0);
    const best = (store: string) =>
      run('suggest', '--store', store, '--top-k', '40', '--weight', 'requests');
    expect(await best('large.duckdb')).toEqual(await best('escaped.duckdb'));
  });

  it('says the same as its sources do', async () => {
    expect(asBuilt('--help')).toBe((await run('--help')).stdout);
  });
});

describe.each(['index.jsonl', 'index.duckdb'])('prefix-indexer on %s', (name) => {
  const store = ['--store', name];

  it('ingests once, suggests, explains, dumps, prunes, compacts and verifies', async () => {
    const first = await run('ingest', SAMPLE, ...store);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(/^ingested .*412 events of 125 prefixes\n$/);
    expect((await run('ingest', SAMPLE, ...store)).stdout).toMatch(/^known before/);

    const asked = ['--top-k', '5', '--tenant', 'tenant-00', '--budget', '8GiB', '--json'];
    const { asOf, hints } = JSON.parse((await run('suggest', ...store, ...asked)).stdout);
    expect(asOf).toBe(46_024);
    expect(hints).toHaveLength(5);
    expect(hints[0]).toMatchObject({
      prefix_id: 'prefix-141',
      tenant: 'tenant-00',
      model_id: 'synthetic',
      score: expect.any(Number),
      hint: expect.any(String),
      bytes: 603_979_776,
    });
    const key = ['--of', 'tenant-00', '--model-id', 'synthetic'];
    expect((await run('explain', 'prefix-141', ...key, ...store)).stdout).toMatch(/^suggested:/);

    const lines = (await run('dump', ...store)).stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(125);
    expect(JSON.parse((await run('dump', '--pretty', ...store)).stdout)).toHaveLength(125);

    expect((await run('prune', '--older-than', '20s', ...store)).stdout).toMatch(
      /^pruned {2}\d+ prefixes/,
    );
    expect((await run('compact', ...store)).stdout).toMatch(/^compacted/);
    expect((await run('verify', ...store)).stdout).toMatch(/^sound {2}\d+ prefixes/);
  });
});

describe('prefix-indexer', () => {
  it.each(['none.jsonl', 'none.duckdb'])('makes no %s where a file is missing', async (store) => {
    const missing = await run('ingest', SAMPLE, 'missing.jsonl', '--store', store);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/trace\.no-file: there is no file missing\.jsonl/);
    expect(existsSync(join(folder, store))).toBe(false);
  });

  it('gives the same scores for a file and for its halves', async () => {
    const lines = readFileSync(SAMPLE, 'utf8').trimEnd().split('\n');
    writeFileSync(join(folder, 'half-1.jsonl'), lines.slice(0, 100).join('\n'));
    writeFileSync(join(folder, 'half-2.jsonl'), lines.slice(100).join('\n'));
    await run('ingest', SAMPLE, '--store', 'whole.jsonl');
    await run('ingest', 'half-2.jsonl', '--store', 'halves.jsonl');
    await run('ingest', 'half-?.jsonl', '--store', 'halves.jsonl');
    const scores = async (store: string): Promise<readonly number[]> => {
      const { stdout } = await run('suggest', '--store', store, '--top-k', '200', '--json');
      return JSON.parse(stdout).hints.map(({ score }: { score: number }) => score);
    };
    const [whole, halves] = [await scores('whole.jsonl'), await scores('halves.jsonl')];
    expect(halves).toHaveLength(whole.length);
    halves.forEach((score, i) => {
      expect(Math.abs(score - whole[i])).toBeLessThanOrEqual(1e-9 * whole[i]);
    });
  });

  it('puts bad lines aside, and refuses a log that is mostly bad', async () => {
    const good =
      '{"prefix_id":"a","tenant":"t","model_id":"m","layer":0,"page_start":0,"page_end":0,"bytes":8,"latency_ms":1,"timestamp_ms":1}';
    writeFileSync(join(folder, 'bad.jsonl'), `${good}\n{}\n`);
    const refused = await run('ingest', 'bad.jsonl', '--store', 'bad-index.jsonl');
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toMatch(/1 of 2 records in bad.jsonl are bad/);
    const words = ['--store', 'bad-index.jsonl', '--max-bad', '0.5', '--quarantine', 'q.jsonl'];
    expect((await run('ingest', 'bad.jsonl', ...words)).stdout).toMatch(
      /1 event of 1 prefix, 1 bad record/,
    );
  });

  it('says what is wrong with a command line', async () => {
    expect(await run('suggest', '--store', 'none.duckdb')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/there is no store none.duckdb/),
    });
    expect((await run('prune', '--older-than', 'soon')).status).toBe(2);
    expect((await run('ingest', 'a', 'b', '--batch-id', 'x')).status).toBe(2);
    expect((await run('serve', '--rate-limit', '0')).status).toBe(2);
    expect(await run('ingest', folder, '--store', 'folder.jsonl')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/trace.not-a-file/),
    });
  });
});

describe('durationOption', () => {
  it('reads a number and a unit', () => {
    expect(durationOption('x', '7d')).toBe(604_800_000);
    expect(durationOption('x', '1.5h')).toBe(5_400_000);
    expect(durationOption('x', '250ms')).toBe(250);
    expect(() => durationOption('x', '7')).toThrow(/usage.bad-duration/);
  });
});

describe('timeOption', () => {
  it('reads now, milliseconds and ISO 8601, UTC where no zone is written', () => {
    expect(timeOption('x', 'now', 5)).toBe(5);
    expect(timeOption('x', '1700000000000', 5)).toBe(1_700_000_000_000);
    expect(timeOption('x', '2026-11-20', 5)).toBe(Date.UTC(2026, 10, 20));
    expect(timeOption('x', '2026-11-20T06:00', 5)).toBe(Date.UTC(2026, 10, 20, 6));
    expect(timeOption('x', '2026-11-20T06:00+02:00', 5)).toBe(Date.UTC(2026, 10, 20, 4));
    expect(() => timeOption('x', 'yesterday', 5)).toThrow(/usage.bad-time/);
  });
});
