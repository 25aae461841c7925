import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishFile } from '../src/index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavetune-publish-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('publishFile', () => {
  it('replaces the old file by the whole new one and leaves nothing else behind', async () => {
    const path = join(folder, 'out.json');
    await publishFile(path, ['old']);
    await publishFile(path, ['new ', new TextEncoder().encode('é')]);
    expect(await readFile(path, 'utf8')).toBe('new é');
    expect(await readdir(folder)).toEqual(['out.json']);
  });

  it('keeps the old file when the parts fail half-way, and passes that failure on', async () => {
    const path = join(folder, 'out.json');
    await publishFile(path, ['old']);
    const parts = (function* () {
      yield 'half';
      throw new RangeError('no more');
    })();
    await expect(publishFile(path, parts)).rejects.toThrow(RangeError);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['out.json']);
  });

  it('lets two writers of one path both end with a whole file', async () => {
    const path = join(folder, 'out.json');
    const texts = ['a'.repeat(200_000), 'b'.repeat(200_000)];
    await Promise.all(texts.map((text) => publishFile(path, [text])));
    expect(texts).toContain(await readFile(path, 'utf8'));
  });

  it('refuses a missing folder and a path that is a folder by one code', async () => {
    await mkdir(join(folder, 'taken'));
    for (const path of [join(folder, 'no', 'out.json'), join(folder, 'taken')]) {
      await expect(publishFile(path, ['x'])).rejects.toMatchObject({
        code: 'core.cannot-publish',
        details: { path },
      });
    }
    expect(await readdir(folder)).toEqual(['taken']);
  });
});
