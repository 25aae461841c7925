import { execFileSync } from 'node:child_process';
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPublishable, publishFile } from '../src/index.ts';

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

  it('replaces what a symbolic link leads to, and keeps the link', async () => {
    await publishFile(join(folder, 'real.json'), ['old']);
    await symlink('real.json', join(folder, 'link.json'));
    await publishFile(join(folder, 'link.json'), ['new']);
    expect(await readFile(join(folder, 'real.json'), 'utf8')).toBe('new');
    expect((await lstat(join(folder, 'link.json'))).isSymbolicLink()).toBe(true);
  });

  it('never puts a file in the place of a device or a pipe', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/null']) {
      await expect(publishFile(path, ['x'])).rejects.toThrow(/a device or a pipe/);
    }
    expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('sweeps what killed writers of the same file left a day ago, and nothing else', async () => {
    const old = ['.out.json.0123456789ab.tmp', '.other.json.0123456789ab.tmp', '.out.json.tmp'];
    for (const name of [...old, '.out.json.ba9876543210.tmp'])
      await writeFile(join(folder, name), '');
    for (const name of old) await utimes(join(folder, name), new Date(0), new Date(0));
    await publishFile(join(folder, 'out.json'), ['x']);
    expect((await readdir(folder)).sort()).toEqual(
      [
        '.other.json.0123456789ab.tmp',
        '.out.json.ba9876543210.tmp',
        '.out.json.tmp',
        'out.json',
      ].sort(),
    );
  });
});

describe('checkPublishable', () => {
  it('says in words what is wrong, before anything is written', async () => {
    await expect(checkPublishable(folder)).rejects.toThrow(/it is a folder/);
    await expect(checkPublishable(join(folder, 'no', 'x'))).rejects.toThrow(
      /there is no folder .*no;/,
    );
    expect(await checkPublishable(join(folder, 'x'))).toBe(join(folder, 'x'));
    expect(await readdir(folder)).toEqual([]);
  });
});
