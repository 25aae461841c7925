import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { publishFile, sha256OfFile } from '@wavetune/core';
import { nightlyError } from '../nightly-errors.ts';
import { decodeManifest, type Manifest } from './manifest.ts';

/**
 * A runs folder:
 *
 * - `2026-11-21/`, `2026-11-21.2/`: published runs, complete and never changed;
 * - `current`: a symbolic link to one of them, swapped atomically, always to a complete one;
 * - `.work/2026-11-22/`: a run under way, or one that was killed;
 * - `.partials/`: block statistics of every partition counted, by content;
 * - `.digests.json`: a cache; `.lock`, `.lock-owner.json`: the lock; `.withdrawn`: runs that were rolled back.
 */
export const WORK = '.work';
export const PARTIALS = '.partials';
const CURRENT = 'current';
const WITHDRAWN = '.withdrawn';

const RUN_NAME = /^(\d{4}-\d{2}-\d{2})(?:\.(\d+))?$/;

/** A published run. */
export interface PublishedRun {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The day of a run by its name. */
export function dayOfRun(name: string): string {
  return RUN_NAME.exec(name)![1];
}

/** Names of the runs that lie there, oldest first. */
export async function listRuns(runsFolder: string): Promise<readonly string[]> {
  const names = await readdir(runsFolder).catch((): string[] => []);
  return names.filter((name) => RUN_NAME.test(name)).sort(byRun);
}

function byRun(left: string, right: string): number {
  const [, leftDay, leftCount = '1'] = RUN_NAME.exec(left)!;
  const [, rightDay, rightCount = '1'] = RUN_NAME.exec(right)!;
  if (leftDay !== rightDay) return leftDay < rightDay ? -1 : 1;
  return Number(leftCount) - Number(rightCount);
}

/** The name of a day's next run: `2026-11-21`, then `2026-11-21.2`. */
export function nextRunName(day: string, taken: readonly string[]): string {
  const counts = taken
    .filter((name) => dayOfRun(name) === day)
    .map((name) => Number(RUN_NAME.exec(name)![2] ?? 1));
  return counts.length === 0 ? day : `${day}.${Math.max(...counts) + 1}`;
}

/** The run that `current` points at, undefined before the first. @throws WavetuneError `nightly.corrupt`. */
export async function readCurrent(runsFolder: string): Promise<PublishedRun | undefined> {
  const path = join(runsFolder, CURRENT);
  const target = await readlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw noLink(path);
  });
  if (target === undefined) return undefined;
  const name = target.replace(/^\.\/|\/+$/g, '');
  if (!RUN_NAME.test(name)) throw corrupt(path, `it points at ${target}, which is no run's name`);
  return await readRun(runsFolder, name);
}

/** @throws WavetuneError `nightly.corrupt` for a manifest that is missing or damaged. */
export async function readRun(runsFolder: string, name: string): Promise<PublishedRun> {
  const folder = join(runsFolder, name);
  const path = join(folder, 'manifest.json');
  const text = await readFile(path, 'utf8').catch(() => {
    throw corrupt(path, 'it cannot be read');
  });
  try {
    return { name, folder, manifest: decodeManifest(text) };
  } catch (cause) {
    throw corrupt(path, (cause as Error).message);
  }
}

/**
 * Checks that a run is whole: every file that later nights build on is as its manifest says.
 *
 * @throws WavetuneError `nightly.corrupt`.
 */
export async function checkWhole({ folder, manifest }: PublishedRun): Promise<void> {
  const wanted = manifest.steps.filter(({ step }) => BUILT_ON.includes(step));
  for (const { path, sha256 } of wanted.flatMap(({ outputs }) => outputs)) {
    const full = join(folder, path);
    const found = await sha256OfFile(full).catch(() => undefined);
    if (found === undefined) throw corrupt(full, 'it cannot be read');
    if (found !== sha256) throw corrupt(full, 'it is not what the run left');
  }
}

/** Steps whose outputs the next night reads: figures and their history, policies and what was put off. */
const BUILT_ON = ['figures', 'settle'];

function corrupt(path: string, problem: string): Error {
  const wayOut =
    'point `current` at a whole run (nightly rollback --to RUN), or move this run away and run its day again';
  return nightlyError('nightly.corrupt', { path, problem, wayOut });
}

function noLink(path: string): Error {
  const wayOut = 'move it away, then point it at a run again (nightly rollback --to RUN)';
  return nightlyError('nightly.corrupt', { path, problem: 'it is no symbolic link', wayOut });
}

/** Makes a finished run visible under its name and points `current` at it, in this order, each atomically. */
export async function publishRun(runsFolder: string, name: string): Promise<void> {
  await rename(join(runsFolder, WORK, name), join(runsFolder, name));
  await syncFolder(runsFolder);
  await pointCurrent(runsFolder, name);
}

/**
 * Points `current` at a run that was made visible by a process that died before it could; a run that was rolled back
 * stays where it is.
 */
export async function finishPublishing(
  runsFolder: string,
  note: (line: string) => void,
): Promise<void> {
  const withdrawn = await readWithdrawn(runsFolder);
  const newest = (await listRuns(runsFolder)).findLast((name) => !withdrawn.includes(name));
  const current = await readCurrent(runsFolder);
  if (newest === undefined || newest === current?.name) return;
  const { manifest } = await readRun(runsFolder, newest);
  if (manifest.previous !== (current?.name ?? null)) return;
  await pointCurrent(runsFolder, newest);
  note(`finished publishing ${newest}, which a killed run had left`);
}

/** Runs that were rolled back, and so are not to be published by themselves. */
export async function readWithdrawn(runsFolder: string): Promise<readonly string[]> {
  const text = await readFile(join(runsFolder, WITHDRAWN), 'utf8').catch(() => '');
  return text.split('\n').filter((name) => name !== '');
}

/** Goes back to an earlier run: the later ones are withdrawn before `current` is swapped. */
export async function withdrawTo(runsFolder: string, name: string): Promise<void> {
  const runs = await listRuns(runsFolder);
  const later = runs.slice(runs.indexOf(name) + 1);
  const withdrawn = new Set([...(await readWithdrawn(runsFolder)), ...later]);
  withdrawn.delete(name);
  await publishFile(join(runsFolder, WITHDRAWN), [
    [...withdrawn]
      .sort()
      .map((run) => `${run}\n`)
      .join(''),
  ]);
  await pointCurrent(runsFolder, name);
}

/** Names of runs that are under way, or were killed or stopped by a gate. */
export async function listWork(runsFolder: string): Promise<readonly string[]> {
  return await readdir(join(runsFolder, WORK)).catch((): string[] => []);
}

/** Swaps `current`: a reader sees the old run or the new one. */
export async function pointCurrent(runsFolder: string, name: string): Promise<void> {
  const temporary = join(runsFolder, `.current-${randomBytes(4).toString('hex')}`);
  const path = join(runsFolder, CURRENT);
  await symlink(name, temporary);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw (error as NodeJS.ErrnoException).code === 'EISDIR' ? noLink(path) : error;
  }
  await syncFolder(runsFolder);
}

/** @throws WavetuneError `nightly.no-runs-folder`. */
export async function makeRunsFolder(runsFolder: string): Promise<void> {
  for (const name of [WORK, PARTIALS]) {
    await mkdir(join(runsFolder, name), { recursive: true }).catch((cause: Error) => {
      const details = { folder: runsFolder, reason: cause.message };
      throw nightlyError('nightly.no-runs-folder', details, { cause });
    });
  }
}

export async function removeWork(runsFolder: string, name: string): Promise<void> {
  const again = { maxRetries: 20, retryDelay: 100 };
  await rm(join(runsFolder, WORK, name), { recursive: true, force: true, ...again });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
