import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const folder = scratchFolder('bad-input');
/** Loaded into every thread of a run: ends all but the main one. */
const KILL_WORKERS = `import { isMainThread } from 'node:worker_threads';
if (!isMainThread) process.exit(9);
`;

const OLD = '{"schema":"wavespec/1","old":true}';

/** One good Mooncake record; `over` spoils it. */
function record(over: Readonly<Record<string, unknown>> = {}): string {
  return `${JSON.stringify({ timestamp: 0, input_length: 1000, output_length: 5, hash_ids: [1, 2], ...over })}\n`;
}

const good = Array.from({ length: 50 }, (_, i) =>
  record({ timestamp: i, hash_ids: [1, 2 + (i % 7)] }),
).join('');

function input(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function hugeLine(): string {
  const path = join(folder, 'huge-line.jsonl');
  const file = openSync(path, 'w');
  const megabyte = Buffer.alloc(1 << 20, 'x');
  writeSync(file, '{"timestamp": 0, "junk": "');
  for (let i = 0; i < 200; i++) writeSync(file, megabyte);
  writeSync(file, '"}\n');
  closeSync(file);
  return path;
}

/** Runs the export over an old output and holds it to: status, one line that says what and where, the old file intact. */
async function expectRefusal(
  words: readonly string[],
  expected: { readonly status: number; readonly message: RegExp },
): Promise<void> {
  const place = join(folder, `out-${Math.random().toString(36).slice(2)}`);
  mkdirSync(place);
  const out = join(place, 'wavespec.json');
  writeFileSync(out, OLD);
  const outcome = await runCli('export-wavespec', [...words, '--out', out]);
  expect(outcome.stderr).toMatch(expected.message);
  expect(outcome.stderr).not.toMatch(/\n\s+at /);
  expect(outcome.status).toBe(expected.status);
  expect(readFileSync(out, 'utf8')).toBe(OLD);
  expect(readdirSync(place)).toEqual(['wavespec.json']);
}

describe('export-wavespec refuses with status 1, naming file and fault,', () => {
  const gzip = gzipSync(good.repeat(200));
  it.each([
    ['an empty file', () => input('empty.jsonl', ''), /empty\.jsonl.*(empty|no )/i],
    [
      'a truncated gzip',
      () => input('cut.jsonl.gz', gzip.subarray(0, gzip.length - 200)),
      /cut\.jsonl\.gz/,
    ],
    [
      'text that is no JSON',
      () => input('prose.jsonl', 'to be or not\nto be\n'.repeat(30)),
      /prose\.jsonl/,
    ],
    ['columns of another kind', () => input('other.csv', 'colour,taste\nred,sweet\n'), /colour/],
    [
      'nothing but negative lengths',
      () => input('negative.jsonl', record({ input_length: -5 }).repeat(20)),
      /negative\.jsonl.*negative/,
    ],
    [
      'NaN in place of numbers',
      () =>
        input(
          'nan.jsonl',
          '{"timestamp": NaN, "input_length": 3, "output_length": 1, "hash_ids": [1]}\n'.repeat(20),
        ),
      /nan\.jsonl/,
    ],
    ['a folder', () => folder, /(folder|directory)/],
    ['a missing file', () => join(folder, 'absent.jsonl'), /absent\.jsonl/],
    ['a glob that matches nothing', () => join(folder, 'absent-*.jsonl'), /absent-\*\.jsonl/],
    ['a single line of 200 MB', hugeLine, /huge-line\.jsonl/],
    [
      'ids whose parents contradict each other',
      () =>
        input(
          'conflict.jsonl',
          Array.from({ length: 60 }, (_, i) => record({ hash_ids: [i, 7] })).join(''),
        ),
      /parent/,
    ],
  ])('%s', async (_what, make, message) => {
    await expectRefusal(['--logs', make()], { status: 1, message });
  });

  it('a length-only trace, saying why it carries no prefixes', async () => {
    const csv = 'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n';
    await expectRefusal(['--logs', input('lengths.csv', csv)], { status: 1, message: /length/ });
  });

  it('more bad records than --max-bad, naming the first of them', async () => {
    const path = input('half.jsonl', good + 'garbage\n'.repeat(50));
    await expectRefusal(['--logs', path], { status: 1, message: /half\.jsonl.*51/s });
  });

  it('a model that the catalogue does not have, naming the nearest', async () => {
    const words = ['--logs', input('good.jsonl', good), '--model', 'lama-3.1-8b'];
    await expectRefusal(words, { status: 1, message: /llama-3\.1-8b/ });
  });
});

describe('export-wavespec refuses with status 2', () => {
  it.each([
    [['--logs', 'x', '--page-bytes', '1', '--memory', '4 parsecs'], /parsecs/],
    [['--logs', 'x', '--tail', 'chew'], /tail/],
    [['--logs', 'x', '--lgos', 'y'], /lgos/],
    [['--logs', 'x', '--top-k', '-3'], /top-k/],
    [['--logs', 'x', '--max-bad', '2'], /max-bad/],
    [['--logs', 'x', '--threads', '0'], /threads/],
    [[], /logs/],
  ])('%j', async (words, message) => {
    const outcome = await runCli('export-wavespec', words);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.status).toBe(2);
  });
});

describe('export-wavespec keeps going and counts', () => {
  it('a few bad records: they go to the quarantine file with line and reason', async () => {
    const path = input('few.jsonl', `${good.repeat(10)}garbage\n${record({ input_length: -1 })}`);
    const out = join(folder, 'few.json');
    const quarantine = join(folder, 'few.quarantine.jsonl');
    const outcome = await runCli('export-wavespec', [
      '--logs',
      path,
      '--out',
      out,
      '--quarantine',
      quarantine,
      '--json',
    ]);
    expect(outcome.stderr).toBe(outcome.stderr.replace(/error/i, ''));
    expect(outcome.status).toBe(0);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ requests: 500, quarantined: 2 });
    const bad = readFileSync(quarantine, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(bad).toMatchObject([
      { file: path, record: 501, reason: expect.stringMatching(/JSON/) },
      { file: path, record: 502, reason: expect.stringMatching(/input_length is -1/) },
    ]);
  });

  it('ids of 2^63 and 2^64 − 1, to the last digit', async () => {
    const ids = ['9223372036854775808', '18446744073709551615'];
    const line = `{"timestamp": 0, "input_length": 1000, "output_length": 5, "hash_ids": [${ids.join(', ')}]}\n`;
    const out = join(folder, 'large.json');
    const outcome = await runCli('export-wavespec', [
      '--logs',
      input('large.jsonl', line.repeat(3)),
      '--out',
      out,
    ]);
    expect(outcome.status).toBe(0);
    expect(JSON.parse(readFileSync(out, 'utf8')).pack_order).toEqual(ids);
  });

  it('a last line without its newline, CRLF line ends and a byte order mark', async () => {
    const path = input('windows.jsonl', `\ufeff${good.trimEnd().replaceAll('\n', '\r\n')}`);
    const outcome = await runCli('export-wavespec', [
      '--logs',
      path,
      '--out',
      join(folder, 'windows.json'),
      '--json',
    ]);
    expect(outcome.stderr).toBe('');
    expect(JSON.parse(outcome.stdout)).toMatchObject({ requests: 50, quarantined: 0 });
  });
});

describe('export-wavespec leaves the old output intact', () => {
  it('when the folder of the output does not exist', async () => {
    const outcome = await runCli('export-wavespec', [
      '--logs',
      input('ok.jsonl', good),
      '--out',
      join(folder, 'no', 'such', 'w.json'),
    ]);
    expect(outcome.stderr).toMatch(/cannot write/);
    expect(outcome.status).toBe(1);
  });

  it('when interrupted half-way: status 130, nothing half-written', async () => {
    const trace = join(folder, 'long.jsonl');
    const made = await runCli('make-trace', [
      '--workload',
      'chat',
      '--references',
      '1500000',
      '--seed',
      '1',
      '--out',
      trace,
    ]);
    expect(made.status).toBe(0);
    const place = join(folder, 'interrupted');
    mkdirSync(place);
    const out = join(place, 'wavespec.json');
    writeFileSync(out, OLD);
    const aside = join(folder, 'interrupted-aside');
    mkdirSync(aside);
    const words = ['--logs', trace, '--out', out, '--quarantine', join(aside, 'bad.jsonl')];
    const isReading = () => readdirSync(aside).some((name) => name.endsWith('.tmp'));
    const outcome = await runCli('export-wavespec', words, {
      signal: { name: 'SIGINT', when: isReading },
    });
    expect(readdirSync(aside)).toEqual([]);
    expect(outcome.stderr).toMatch(/cli\.interrupted/);
    expect(outcome.status).toBe(130);
    expect(readFileSync(out, 'utf8')).toBe(OLD);
    expect(readdirSync(place)).toEqual(['wavespec.json']);
  });

  it('when the worker threads die: status 3', async () => {
    const place = join(folder, 'worker');
    mkdirSync(place);
    const out = join(place, 'wavespec.json');
    writeFileSync(out, OLD);
    const outcome = await runCli(
      'export-wavespec',
      ['--logs', input('w.jsonl', good), '--threads', '2', '--out', out],
      {
        env: { NODE_OPTIONS: `--import ${input('kill-workers.mjs', KILL_WORKERS)}` },
      },
    );
    expect(outcome.stderr).toMatch(/pool\.worker-failed/);
    expect(outcome.status).toBe(3);
    expect(readFileSync(out, 'utf8')).toBe(OLD);
    expect(readdirSync(place)).toEqual(['wavespec.json']);
  });
});

const smallDisk = join(folder, 'small-disk');
mkdirSync(smallDisk);
const mounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', smallDisk]).status === 0;
if (!mounted) console.log('skipped: full disk, since this user cannot mount a tmpfs');
afterAll(() => {
  if (mounted) execFileSync('umount', [smallDisk]);
});

describe.skipIf(!mounted)('export-wavespec on a full disk', () => {
  it('says so, and leaves the old output intact', async () => {
    const out = join(smallDisk, 'wavespec.json');
    writeFileSync(out, OLD);
    const many = Array.from({ length: 4000 }, (_, i) =>
      record({ hash_ids: [2 * i, 2 * i + 1] }),
    ).join('');
    const twice = many + many;
    const outcome = await runCli('export-wavespec', [
      '--logs',
      input('many.jsonl', twice),
      '--top-k',
      'none',
      '--out',
      out,
    ]);
    expect(outcome.stderr).toMatch(/core\.cannot-publish.*(ENOSPC|no space)/);
    expect(outcome.status).toBe(1);
    expect(readFileSync(out, 'utf8')).toBe(OLD);
    expect(readdirSync(smallDisk)).toEqual(['wavespec.json']);
  });
});
