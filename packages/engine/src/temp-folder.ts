import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Chosen: a folder in which nothing was spilled or copied for a day. */
const LEFTOVER_MILLIS = 24 * 3600 * 1000;
const NAME = /^wavetune-(\d+)-\w{6}$/;

/**
 * A new folder under `parent`, named after this process. Folders that killed processes left there go: those whose process
 * is gone and in which nothing changed for a day, since a folder that other machines share may name their processes.
 */
export async function makeTempFolder(parent: string): Promise<string> {
  await sweepLeftovers(parent);
  return mkdtemp(join(parent, `wavetune-${process.pid}-`));
}

/** The place of such a folder, for what makes it when it needs one: nothing is looked for or made here. */
export function nameTempFolder(parent: string): string {
  return join(parent, `wavetune-${process.pid}-${randomBytes(3).toString('hex')}`);
}

async function sweepLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent).catch((): string[] => []);
  for (const name of names) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(parent, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || Date.now() - found.mtimeMs < LEFTOVER_MILLIS) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
