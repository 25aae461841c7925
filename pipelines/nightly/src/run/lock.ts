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
 * Takes the lock of a runs folder. The lock of an owner that died is taken over: at once where it was a process of this
 * machine, after ten seconds without a sign of life elsewhere.
 *
 * Taking and releasing happen under a second lock, held for moments, so that the lock and the name of its owner change
 * together: whoever finds a lock without a name, or with the name of a dead process, knows that its owner is gone.
 *
 * @throws WavetuneError `nightly.locked` where its owner lives, by name.
 */
export async function takeLock(runsFolder: string, options: LockOptions): Promise<HeldLock> {
  const ownerPath = join(runsFolder, OWNER);
  const release = await underGuard(runsFolder, async () => {
    const held = await lockOrTakeOver(runsFolder, options);
    const { command, since } = options;
    const owner: LockOwner = { pid: process.pid, host: hostname(), since, command };
    await publishFile(ownerPath, [canonicalJson(owner, 1)]);
    return held;
  });
  return {
    release: () =>
      underGuard(runsFolder, async () => {
        await rm(ownerPath, { force: true });
        await release();
      }),
  };
}

/** The file that names the owner. */
export const OWNER = '.lock-owner.json';

async function underGuard<T>(runsFolder: string, work: () => Promise<T>): Promise<T> {
  const retries = { retries: 40, minTimeout: 100, maxTimeout: 500, factor: 1.2 };
  let lost: Error | undefined;
  const onCompromised = (error: Error): void => {
    lost = error;
  };
  const guard = { realpath: false, stale: 5000, update: 1000, retries, onCompromised };
  const leave = await lock(join(runsFolder, '.guard'), guard);
  try {
    return await work();
  } finally {
    if (lost === undefined) await leave();
  }
}

async function lockOrTakeOver(
  runsFolder: string,
  { onLost, note }: LockOptions,
): Promise<() => Promise<void>> {
  const lockfilePath = join(runsFolder, '.lock');
  const settings = {
    lockfilePath,
    stale: STALE_MILLIS,
    update: HEARTBEAT_MILLIS,
    onCompromised: onLost,
  };
  try {
    return await lock(runsFolder, settings);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ELOCKED') throw cause;
    const owner = await readLockOwner(join(runsFolder, OWNER));
    if (owner !== undefined && mayLive(owner)) {
      throw nightlyError(
        'nightly.locked',
        { folder: runsFolder, owner: ownerText(owner) },
        { cause },
      );
    }
    note(`taking over the lock of ${ownerText(owner)}, which is gone`);
    await rm(lockfilePath, { recursive: true, force: true });
    return await lock(runsFolder, settings);
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

/**
 * Of another machine nobody can tell: its sign of life decides. An owner of our own number that is older than we are is
 * gone: a container that was started again gives its processes the same ones.
 */
function mayLive({ pid, host, since }: LockOwner): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return Date.parse(since) >= performance.timeOrigin;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
