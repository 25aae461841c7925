import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { scratchFolder } from './support/scratch.ts';

const folder = scratchFolder('outputs');
const LOG = Array.from(
  { length: 40 },
  (_, i) =>
    `{"timestamp": ${i}, "input_length": 1000, "output_length": 5, "hash_ids": [1, ${2 + (i % 5)}]}\n`,
).join('');

function place(name: string): { readonly log: string; readonly at: (file: string) => string } {
  const own = join(folder, name);
  mkdirSync(own);
  const at = (file: string): string => join(own, file);
  writeFileSync(at('log.jsonl'), LOG);
  return { log: at('log.jsonl'), at };
}

describe('export-wavespec refuses before it reads', () => {
  it.each(['out', 'quarantine', 'blocks'])(
    '--%s that is the log, by a link too',
    async (option) => {
      const { log, at } = place(`in-use-${option}`);
      symlinkSync('log.jsonl', at('link'));
      for (const path of [log, at('link')]) {
        const words = ['--logs', log, '--out', at('w.json')].filter(
          (_word, i) => option !== 'out' || i < 2,
        );
        const outcome = await runCli('export-wavespec', [...words, `--${option}`, path]);
        expect(outcome.stderr).toMatch(
          /usage\.output-in-use: .* would overwrite the log .*log\.jsonl/,
        );
        expect(outcome.status).toBe(2);
      }
      expect(readFileSync(log, 'utf8')).toBe(LOG);
      expect(readdirSync(at('.')).sort()).toEqual(['link', 'log.jsonl']);
    },
  );

  it('two outputs of one name', async () => {
    const { log, at } = place('twice');
    const outcome = await runCli('export-wavespec', [
      ...['--logs', log, '--out', at('x'), '--quarantine', at('x')],
    ]);
    expect(outcome.stderr).toMatch(/--quarantine .* would overwrite what --out writes/);
    expect(outcome.status).toBe(2);
  });

  it('an output that cannot be written, though the log is bad as well', async () => {
    const { at } = place('early');
    writeFileSync(at('bad.jsonl'), `${LOG}${'garbage\n'.repeat(100)}`);
    const outcome = await runCli('export-wavespec', [
      ...['--logs', at('bad.jsonl'), '--out', at('no/such/w.json')],
    ]);
    expect(outcome.stderr).toMatch(/core\.cannot-publish: .*there is no folder .*no\/such/);
    expect(outcome.status).toBe(1);
  });

  it('a device as output, and a pipe as log, without waiting', async () => {
    const { log, at } = place('devices');
    execFileSync('mkfifo', [at('pipe')]);
    const toDevice = await runCli('export-wavespec', ['--logs', log, '--out', '/dev/null']);
    expect(toDevice.stderr).toMatch(/\/dev\/null: it is a device or a pipe/);
    const fromPipe = await runCli('export-wavespec', ['--logs', at('pipe'), '--out', at('w.json')]);
    expect(fromPipe.stderr).toMatch(/pipe is a device or a pipe; accepted are files/);
    expect([toDevice.status, fromPipe.status]).toEqual([1, 1]);
  });

  it('a page of no bytes', async () => {
    const { log, at } = place('no-bytes');
    const words = ['--logs', log, '--page-bytes', '0', '--out', at('w.json')];
    expect((await runCli('export-wavespec', words)).status).toBe(2);
  });
});

describe('export-wavespec onto a full standard output', () => {
  it('says so in one line', () => {
    const { log, at } = place('full');
    const bin = fileURLToPath(new URL('../bin/export-wavespec', import.meta.url));
    for (const words of [
      ['--out', at('w.json'), '--json'],
      ['--out', '-'],
    ]) {
      const full = openSync('/dev/full', 'w');
      const outcome = spawnSync(bin, ['--logs', log, ...words], {
        stdio: ['ignore', full, 'pipe'],
      });
      closeSync(full);
      const lines = outcome.stderr.toString().trim().split('\n');
      expect(lines.at(-1)).toMatch(/cli\.cannot-print: .*(ENOSPC|no space)/);
      expect(outcome.stderr.toString()).not.toMatch(/\n\s+at /);
      expect(outcome.status).toBe(1);
    }
  });
});

describe('export-wavespec of a key log', () => {
  it('names the columns that it found', async () => {
    const { at } = place('keys');
    writeFileSync(at('keys.csv'), 'KEY,Size_Bytes\na,1\na,1\n');
    const outcome = await runCli('export-wavespec', ['--logs', at('keys.csv'), '--out', at('w')]);
    expect(outcome.status).toBe(0);
    const { meta } = JSON.parse(readFileSync(at('w'), 'utf8'));
    expect(meta).toMatchObject({ key_column: 'KEY', size_column: 'Size_Bytes' });
  });

  it('sums up the datajax mode for scripts too, and refuses what means nothing there', async () => {
    const { at } = place('datajax');
    writeFileSync(at('keys.csv'), 'key,size\na,1\na,1\n');
    const words = ['--logs', at('keys.csv'), '--prefix-mode', 'datajax', '--out', at('w')];
    const outcome = await runCli('export-wavespec', [...words, '--json']);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ requests: 2, cohorts: 1, out: at('w') });
    const refused = await runCli('export-wavespec', [...words, '--blocks', at('b')]);
    expect(refused.stderr).toMatch(/--blocks says nothing in --prefix-mode datajax/);
    expect(refused.status).toBe(2);
  });
});
