import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expandFiles } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'wavetune-expand-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
for (const name of ['b.jsonl', 'a.jsonl', 'a.csv', 'odd[1].jsonl']) writeFileSync(at(name), '');

describe('expandFiles', () => {
  it('puts the files of a glob in order of their names and takes none twice', async () => {
    expect(await expandFiles([at('[ab].jsonl'), at('a.*')])).toEqual([
      at('a.jsonl'),
      at('b.jsonl'),
      at('a.csv'),
    ]);
  });

  it('takes a name that exists as it is, also with brackets, and leaves a missing name to the reader', async () => {
    const names = [at('odd[1].jsonl'), at('missing.jsonl')];
    expect(await expandFiles(names)).toEqual(names);
  });

  it('refuses a glob that matches nothing', async () => {
    await expect(expandFiles([at('*.parquet')])).rejects.toMatchObject({
      code: 'log-input.no-match',
      details: { pattern: at('*.parquet') },
    });
  });
});
