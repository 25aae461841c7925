import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { publishFile } from '@wavetune/core';
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
  if (!taken.includes(day)) return day;
  const counts = taken
    .filter((name) => dayOfRun(name) === day)
    .map((name) => Number(RUN_NAME.exec(name)![2] ?? 1));
  return `${day}.${Math.max(...counts) + 1}`;
}

/** The run that `current` points at, undefined before the first. @throws WavetuneError `nightly.corrupt`. */
export async function readCurrent(runsFolder: string): Promise<PublishedRun | undefined> {
  const target = await readlink(join(runsFolder, CURRENT)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw corrupt(join(runsFolder, CURRENT), 'it is no symbolic link');
  });
  return target === undefined ? undefined : await readRun(runsFolder, target);
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

function corrupt(path: string, problem: string): Error {
  const wayOut =
    'point `current` at a whole run (nightly rollback --to RUN), or move this run away and run its day again';
  return nightlyError('nightly.corrupt', { path, problem, wayOut });
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
  const newest = (await listRuns(runsFolder)).at(-1);
  const current = await readCurrent(runsFolder);
  if (newest === undefined || newest === current?.name) return;
  if ((await readWithdrawn(runsFolder)).includes(newest)) return;
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
  await symlink(name, temporary);
  await rename(temporary, join(runsFolder, CURRENT));
  await syncFolder(runsFolder);
}

export async function makeRunsFolder(runsFolder: string): Promise<void> {
  for (const folder of [WORK, PARTIALS]) await mkdir(join(runsFolder, folder), { recursive: true });
}

export async function removeWork(runsFolder: string, name: string): Promise<void> {
  await rm(join(runsFolder, WORK, name), { recursive: true, force: true });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
