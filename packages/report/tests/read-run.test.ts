import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  encodeCacheReplay,
  encodePolicies,
  encodeWaveSpec,
  type Policies,
} from '@wavetune/documents';
import { afterAll, describe, expect, it } from 'vitest';
import { readRun } from '../src/index.ts';
import { cohortOf, policiesOf, replayOf, wavespecOf } from './fixtures.ts';

const home = mkdtempSync(join(tmpdir(), 'wavetune-read-run-'));
afterAll(() => rmSync(home, { recursive: true }));

function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

const textOf = (parts: Iterable<string>): string => [...parts].join('');

describe('readRun', () => {
  it('reads what is there; what is not is undefined', async () => {
    const run = await readRun(
      folderOf('2026-11-21', {
        'wavespec.json': textOf(encodeWaveSpec(wavespecOf([cohortOf('a')]))),
        'cache-replay.json': textOf(encodeCacheReplay(replayOf())),
        'manifest.json': '{"date": "2026-11-21", "anything": {"else": 1}}',
        'quarantine.jsonl':
          '{"file":"a","record":7,"reason":"no field 3"}\n{"file":"a","record":9,"reason":"no field 4"}\nx\n',
      }),
    );
    expect(run.name).toBe('2026-11-21');
    expect(run.wavespec?.cohorts).toHaveLength(1);
    expect(run.manifest?.date).toBe('2026-11-21');
    expect(run.policies).toBeUndefined();
    expect(run.quarantine).toEqual({
      records: 3,
      reasons: [
        { reason: 'no field n', records: 2, example: 'a:7' },
        { reason: 'unreadable line', records: 1, example: '' },
      ],
    });
  });

  it('refuses a folder that is missing, is a file, or holds no document', async () => {
    const code = (name: string) => expect.objectContaining({ code: name });
    await expect(readRun(join(home, 'nowhere'))).rejects.toEqual(code('report.no-run'));
    const file = join(folderOf('a', { f: '' }), 'f');
    await expect(readRun(file)).rejects.toEqual(code('report.no-run'));
    await expect(readRun(folderOf('b', { 'manifest.json': '{}' }))).rejects.toEqual(
      code('report.empty-run'),
    );
  });

  it('refuses a document that is there and broken, by its name', async () => {
    const broken: readonly (readonly [string, string])[] = [
      ['wavespec.json', '{"schema": "wavespec/9"}'],
      ['cache-replay.json', '{'],
      ['policies.json', '{"schema": "policies/1"}'],
      ['manifest.json', '{"notes": 3}'],
    ];
    for (const [file, text] of broken) {
      const folder = folderOf(`broken-${file}`, {
        'tiers.json': textOf(encodeCacheReplay(replayOf())),
        [file]: text,
      });
      await expect(readRun(folder)).rejects.toThrow(new RegExp(`^report.bad-document: .*${file}`));
    }
  });

  it('says why a wavespec of hash shards gives no prefixes', async () => {
    const shards = {
      schema: 'wavespec/1',
      pack_order: [],
      cohorts: [],
      extents: [],
      prefix_histogram: {},
      meta: {
        ...{
          page_bits: 20,
          row_count: 0,
          approx_bytes: null,
          key_column: 'key',
          size_column: null,
        },
        ...{ prefix_len: 4, chunk_len_column: null, chunk_len_summary: {} },
        ...{ window_column: null, window_summary: {} },
      },
    };
    const run = await readRun(folderOf('shards', { 'wavespec.json': JSON.stringify(shards) }));
    expect(run.wavespec).toBeUndefined();
    expect(run.wavespecAbsence).toContain('--prefix-mode datajax');
  });

  it('shows files of the run folder, and none outside it', async () => {
    writeFileSync(join(home, 'secret'), 'SECRET');
    const paths = ['vllm.args', '../secret', join(home, 'secret'), 'link', 'missing', 'long'];
    const folder = folderOf('files', {
      'policies.json': textOf(encodePolicies(withFiles(paths))),
      'vllm.args': '--flag\n',
      long: 'y'.repeat(9000),
    });
    symlinkSync(join(home, 'secret'), join(folder, 'link'));
    const { files } = await readRun(folder);
    expect(files.map(({ path, text }) => [path, text?.slice(0, 8) ?? null])).toEqual([
      ['vllm.args', '--flag\n'],
      ['../secret', null],
      [join(home, 'secret'), null],
      ['link', null],
      ['missing', null],
      ['long', 'yyyyyyyy'],
    ]);
    expect(files.at(-1)?.note).toBe('the first 6000 of 9000 bytes');
  });
});

function withFiles(files: readonly string[]): Policies {
  const policies = policiesOf('use');
  const { cache } = policies;
  if (cache === null) throw new Error('the fixture has a cache');
  const { verdict, reason, ours, gain } = cache;
  const engine = { engine: 'vllm' as const, verdict, reason, default: cache.default, ours, gain };
  return { ...policies, cache: { ...cache, engines: [{ ...engine, settings: {}, files }] } };
}
