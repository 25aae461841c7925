import { readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { canonicalJson, publishFile } from '@wavetune/core';
import { lock } from 'proper-lockfile';
import { z } from 'zod';
import { nightlyError } from '../nightly-errors.ts';

/** How often the owner shows that it lives, and after how long without that sign it counts as dead. Chosen. */
const HEARTBEAT_MILLIS = 2000;
const STALE_MILLIS = 10_000;

const ownerSchema = z.strictObject({
  pid: z.int(),
  host: z.string(),
  since: z.string(),
  command: z.string(),
});

/** Who holds the lock of a runs folder. */
export type LockOwner = z.infer<typeof ownerSchema>;

export interface HeldLock {
  release(): Promise<void>;
}

export interface LockOptions {
  readonly command: string;
  readonly since: string;
  /** The lock was lost while it was held: the machine slept, or someone removed it. */
  readonly onLost: (error: Error) => void;
  readonly note: (line: string) => void;
}

/**
 * Takes the lock of a runs folder. The lock of an owner that died is taken over: at once where the process is gone from
 * this machine (after its last sign of life has aged), after ten seconds without a sign elsewhere.
 *
 * @throws WavetuneError `nightly.locked` where its owner lives, by name.
 */
export async function takeLock(runsFolder: string, options: LockOptions): Promise<HeldLock> {
  const ownerPath = join(runsFolder, '.lock-owner.json');
  const release = await tryLock(runsFolder, ownerPath, options);
  const { command, since } = options;
  const owner: LockOwner = { pid: process.pid, host: hostname(), since, command };
  await publishFile(ownerPath, [canonicalJson(owner, 1)]);
  return {
    async release() {
      await rm(ownerPath, { force: true });
      await release();
    },
  };
}

async function tryLock(
  runsFolder: string,
  ownerPath: string,
  { onLost, note }: LockOptions,
): Promise<() => Promise<void>> {
  const settings = {
    lockfilePath: join(runsFolder, '.lock'),
    stale: STALE_MILLIS,
    update: HEARTBEAT_MILLIS,
    onCompromised: onLost,
  };
  try {
    return await lock(runsFolder, settings);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ELOCKED') throw cause;
    const owner = await readLockOwner(ownerPath);
    if (owner === undefined || livesHere(owner)) {
      throw nightlyError(
        'nightly.locked',
        { folder: runsFolder, owner: ownerText(owner) },
        { cause },
      );
    }
    note(`taking over the lock of ${ownerText(owner)}, which is gone`);
    const retries = { retries: STALE_MILLIS / 500 + 4, minTimeout: 500, factor: 1 };
    return await lock(runsFolder, { ...settings, retries });
  }
}

/** Who holds the lock, undefined where nobody does or nobody can tell. */
export async function readLockOwner(ownerPath: string): Promise<LockOwner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(ownerPath, 'utf8')));
  } catch {
    return undefined;
  }
}

export function ownerText(owner: LockOwner | undefined): string {
  if (owner === undefined) return 'an owner that left no name';
  return `process ${owner.pid} on ${owner.host} since ${owner.since} (${owner.command})`;
}

/** Of another machine nobody can tell: its sign of life decides. */
function livesHere({ pid, host }: LockOwner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
