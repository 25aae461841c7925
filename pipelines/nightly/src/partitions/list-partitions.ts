import { existsSync, type Stats } from 'node:fs';
import { glob, stat } from 'node:fs/promises';
import { dirname, matchesGlob, relative, resolve } from 'node:path';
import { nightlyError } from '../nightly-errors.ts';

/** A file of logs that lies on disk. */
export interface FoundPartition {
  /** Relative to the configuration's folder, with forward slashes: what it is known by. */
  readonly name: string;
  readonly path: string;
  /** Of its name, by `{date}`; null where the pattern has none. */
  readonly day: string | null;
  readonly sizeBytes: number;
  readonly modifiedMillis: number;
}

const DAY_GLOB = '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]';

/**
 * The files that patterns stand for, by name; `{date}` is a day as `2026-11-20`. Empty files count too.
 *
 * @throws WavetuneError `nightly.no-folder` where the part of a pattern before its first wildcard is not there;
 * `nightly.unreadable-log`.
 */
export async function listPartitions(
  patterns: readonly string[],
  folder: string,
): Promise<readonly FoundPartition[]> {
  const found = new Map<string, FoundPartition>();
  for (const pattern of patterns) {
    checkFolder(pattern, folder);
    const wanted = pattern.replaceAll('{date}', DAY_GLOB);
    for await (const match of glob(wanted, { cwd: folder })) {
      const path = resolve(folder, match);
      const about = await statOf(path);
      if (!about.isFile()) continue;
      const name = relative(folder, path).replaceAll('\\', '/');
      found.set(name, {
        name,
        path,
        day: dayIn(pattern, name),
        sizeBytes: about.size,
        modifiedMillis: about.mtimeMs,
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function checkFolder(pattern: string, folder: string): void {
  const steps = pattern.split('/');
  const wild = steps.findIndex((step) => /[*?[{]/.test(step));
  const fixed = wild === -1 ? dirname(pattern) : steps.slice(0, wild).join('/');
  const at = resolve(folder, fixed === '' && pattern.startsWith('/') ? '/' : fixed);
  if (!existsSync(at)) throw nightlyError('nightly.no-folder', { pattern, folder: at });
}

async function statOf(path: string): Promise<Stats> {
  return await stat(path).catch((cause: Error) => {
    throw nightlyError('nightly.unreadable-log', { path, reason: cause.message }, { cause });
  });
}

/** The day for which the pattern stands for the name; null for a pattern without one. */
function dayIn(pattern: string, name: string): string | null {
  if (!pattern.includes('{date}')) return null;
  const days = name.match(/\d{4}-\d{2}-\d{2}/g) ?? [];
  const plain = pattern.replace(/^\.\//, '');
  return days.find((day) => matchesGlob(name, plain.replaceAll('{date}', day))) ?? days[0] ?? null;
}
