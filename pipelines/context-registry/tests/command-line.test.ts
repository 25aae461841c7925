import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { durationOption } from '../src/durations.ts';
import { checkServiceOptions } from '../src/service-options.ts';
import { byteTokenizer } from './support/byte-tokenizer.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const MODEL = ['--model', 'qwen3-8b', '--tokenizer', 'bytes.json'];

const folder = mkdtempSync(join(tmpdir(), 'context-registry-'));
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

const SYSTEM = 'You are a careful agent of the airline. Always answer in JSON, never in prose. ';

beforeAll(() => {
  writeFileSync(join(folder, 'bytes.json'), byteTokenizer());
  const rules = Array.from({ length: 40 }, (_, at) => `Rule ${at}: be kind. `).join('');
  writeFileSync(join(folder, 'a.txt'), `${SYSTEM}${rules}You book flights.`);
  writeFileSync(join(folder, 'b.txt'), `${SYSTEM}${rules}You cancel hotels.`);
  writeFileSync(join(folder, 'broken.txt'), Buffer.from([0x41, 0xff, 0x41]));
});

describe('context-registry', () => {
  it('shares files, matches a prompt, and makes a snapshot that it can inspect', async () => {
    const shared = await run('share', 'a.txt', 'b.txt', ...MODEL, '--json');
    expect(shared).toMatchObject({ status: 0, stderr: '' });
    const { savedTokens, files } = JSON.parse(shared.stdout);
    expect(savedTokens % 16).toBe(0);
    expect(savedTokens).toBeGreaterThan(200);
    expect(files.map((file: { sharedTokens: number }) => file.sharedTokens)).toEqual([
      savedTokens,
      savedTokens,
    ]);

    const matched = await run('match', 'a.txt', '--prompt', 'b.txt', ...MODEL);
    expect(matched.stdout).toMatch(new RegExp(`^exact {5}${savedTokens} of \\d+ tokens`));
    expect(matched.stdout).toContain('owners    a.txt\n');
    expect(matched.stdout).toContain('nothing is saved by them');

    await run('snapshot', 'a.txt', 'b.txt', ...MODEL, '--out', 'two.snapshot');
    const inspected = await run('inspect', 'two.snapshot');
    expect(inspected.stdout).toMatch(/sound {2}2 contexts for qwen3-8b, blocks of 16 tokens\n$/);
  });

  it('ends with status 1 and one line for bad data, 2 for a wrong command line', async () => {
    writeFileSync(join(folder, 'short.token'), 'secret\n');
    writeFileSync(join(folder, 'torn.snapshot'), 'context-snapshot/1\n{}\n');
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [
        ['share', 'a.txt', 'broken.txt', ...MODEL],
        1,
        /broken\.txt cannot be read: it is not valid UTF-8/,
      ],
      [['share', 'a.txt', 'gone.txt', ...MODEL], 1, /context-files\.unreadable/],
      [['share', 'a.txt', ...MODEL], 2, /two files or more/],
      [
        ['match', 'a.txt', '--prompt', 'b.txt', '--model', 'gpt-9', '--tokenizer', 'bytes.json'],
        1,
        /catalog\.unknown-name/,
      ],
      [['share', 'a.txt', 'b.txt', ...MODEL, '--max-text', '64'], 1, /tokens\.text-too-long/],
      [['share', 'a.txt', 'b.txt', ...MODEL, '--max-text', '0'], 2, /bad-text-limit/],
      [['inspect', 'torn.snapshot'], 1, /snapshot\.unreadable/],
      [['serve', ...MODEL, '--embeddings', 'endpoint'], 2, /needs --embedding-url/],
      [['serve', ...MODEL, '--grace', 'soon'], 2, /no duration/],
      [['serve', ...MODEL, '--body-limit', '0'], 2, /bad-body-limit/],
      [['serve', ...MODEL, '--port', '0', '--memory', '1KiB'], 1, /memory\.bad-budget/],
      [['serve', ...MODEL, '--host', '0.0.0.0', '--port', '0'], 1, /service\.unsafe-bind/],
      [['serve', ...MODEL, '--token-file', 'short.token'], 1, /service\.bad-token/],
      [['forget'], 2, /accepted: serve, mcp, match, share, snapshot, inspect/],
    ];
    for (const [words, status, reason] of cases) {
      const outcome = await run(...words);
      expect([words.join(' '), outcome.status]).toEqual([words.join(' '), status]);
      expect(outcome.stderr).toMatch(reason);
    }
  });

  it('has an example that stands as it is written', () => {
    const unit = readFileSync(
      fileURLToPath(new URL('../examples/context-registry.service', import.meta.url)),
      'utf8',
    );
    expect(unit).toContain('bin/context-registry serve');
  });
});

describe('durationOption', () => {
  it('reads milliseconds, seconds and minutes, and refuses what has no unit', () => {
    expect(['250ms', '1.5s', '2m'].map((text) => durationOption('grace', text))).toEqual([
      250, 1500, 120_000,
    ]);
    expect(() => durationOption('grace', '10')).toThrow('usage.bad-duration');
    expect(() => durationOption('grace', '36000m')).toThrow('24 days at most');
  });
});

describe('checkServiceOptions', () => {
  it('wants what an embedder needs, and nothing that it does not read', () => {
    const none = {
      'embedding-url': undefined,
      'embedding-model': undefined,
      'embedding-tokenizer': undefined,
    };
    expect(checkServiceOptions({ embeddings: 'hashed', ...none })).toBeUndefined();
    expect(checkServiceOptions({ embeddings: 'onnx', ...none })).toMatch('needs --embedding-model');
    const stray = { ...none, embeddings: 'hashed', 'embedding-url': 'http://127.0.0.1' };
    expect(checkServiceOptions(stray)).toMatch('makes no sense');
  });
});
