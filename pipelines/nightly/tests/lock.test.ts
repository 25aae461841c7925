import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../src/run/lock.ts';

const LOCK = fileURLToPath(new URL('../src/run/lock.ts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wavetune-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const take = (notes: string[] = []) =>
  takeLock(folder, {
    command: 'run --date 2026-11-20',
    since: new Date().toISOString(),
    onLost: (error) => notes.push(error.message),
    note: (line) => notes.push(line),
  });

/** Another process that takes the lock, says so, and waits. */
async function ownerElsewhere() {
  const code = `import { takeLock } from ${JSON.stringify(LOCK)};
    await takeLock(${JSON.stringify(folder)}, { command: 'backfill', since: 'then', onLost() {}, note() {} });
    console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

describe('takeLock', () => {
  it('is held by one, and free afterwards', async () => {
    const first = await take();
    await expect(take()).rejects.toMatchObject({
      code: 'nightly.locked',
      message: expect.stringContaining(`process ${process.pid} on `),
    });
    await first.release();
    expect(existsSync(join(folder, '.lock'))).toBe(false);
    await (await take()).release();
  });

  it('takes over from a process of its own number that was before it, as in a container started again', async () => {
    const since = '2001-01-01T00:00:00.000Z';
    const owner = { pid: process.pid, host: hostname(), since, command: 'run' };
    mkdirSync(join(folder, '.lock'));
    writeFileSync(join(folder, '.lock-owner.json'), JSON.stringify(owner));
    const notes: string[] = [];
    await (await take(notes)).release();
    expect(notes).toEqual([
      expect.stringContaining(`taking over the lock of process ${process.pid}`),
    ]);
  });

  it('names the owner of another process, and takes over when it was killed', async () => {
    const child = await ownerElsewhere();
    await expect(take()).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`process ${child.pid} .*\\(backfill\\)`)),
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    const notes: string[] = [];
    const held = await take(notes);
    expect(notes).toEqual([
      expect.stringContaining(`taking over the lock of process ${child.pid}`),
    ]);
    await held.release();
  }, 30_000);
});
