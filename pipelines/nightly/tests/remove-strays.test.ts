import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeStrays } from '../src/run/remove-strays.ts';
import type { StepRecord } from '../src/run/step-record.ts';

let runFolder: string;
beforeEach(() => {
  runFolder = mkdtempSync(join(tmpdir(), 'wavetune-strays-'));
});
afterEach(() => rmSync(runFolder, { recursive: true }));

function write(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(runFolder, path)), { recursive: true });
    writeFileSync(join(runFolder, path), path);
  }
}

const filesOf = (): readonly string[] =>
  readdirSync(runFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(runFolder.length + 1))
    .sort();

const record = (step: string, ...paths: readonly string[]): StepRecord => ({
  schema: 'nightly-step/1',
  step,
  key: '',
  outputs: paths.map((path) => ({ path, bytes: path.length, sha256: '' })),
});

describe('removeStrays', () => {
  it('leaves outputs, records and what is kept, and nothing else', async () => {
    const whole = ['a.txt', 'log.jsonl', 'steps/a.json', 'steps/b.json', 'tuned/b.txt'];
    write(...whole);
    write(
      'steps/.a.json.0123456789ab.tmp',
      '.manifest.json.0123456789ab.tmp',
      'tuned/old.txt',
      'steps/c.json',
    );
    await removeStrays(
      runFolder,
      [record('a', 'a.txt'), record('b', 'tuned/b.txt')],
      ['log.jsonl'],
    );
    expect(filesOf()).toEqual(whole);
  });
});
