import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  access,
  type FileHandle,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { coreError } from './core-errors.ts';

/**
 * Writes a file so that a reader sees the old one or the whole new one, also across power loss: temporary file in the
 * same folder, fsync, rename, fsync of the folder. On any failure the temporary file goes and the old file stays.
 *
 * A symbolic link stays one: the file that it leads to is replaced. What a killed writer of the same file left behind more
 * than a day ago goes with the next success.
 *
 * @param parts - UTF-8 text or bytes, written in order.
 * @throws WavetuneError `core.cannot-publish` as {@link checkPublishable}, and where the file system refuses later.
 */
export async function publishFile(
  path: string,
  parts: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  await publishBy(path, async (temporary) => {
    const file = await open(temporary, 'wx');
    try {
      for await (const part of parts) await file.appendFile(part);
    } finally {
      await file.close();
    }
  });
}

/**
 * As {@link publishFile}, for a writer that needs a path of its own (DuckDB's COPY): `write` fills the temporary file,
 * which is then synced and renamed.
 */
export async function publishBy(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const target = await checkPublishable(path);
  const folder = dirname(target);
  const temporary = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await write(temporary);
    await syncPath(temporary, 'r+');
    await rename(temporary, target);
    await syncPath(folder, 'r');
    await sweepLeftovers(target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw cannotPublish(path, error);
  }
}

/**
 * Where a file called `path` would be published, links followed; so that a fault shows before the work and not after it.
 *
 * @throws WavetuneError `core.cannot-publish` for a folder, a device or a pipe, a folder that is not there or not ours to
 * write.
 */
export async function checkPublishable(path: string): Promise<string> {
  try {
    const found = await stat(path).catch(ignoreMissing);
    const target = found === undefined ? path : await realpath(path);
    if (found?.isDirectory()) throw refused(path, 'it is a folder');
    if (found?.isFile() === false) throw refused(path, 'it is a device or a pipe, not a file');
    await access(dirname(target), constants.W_OK | constants.X_OK);
    return target;
  } catch (error) {
    throw cannotPublish(path, error);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Chosen: longer than any run, so that nobody's work in progress is taken for a leftover. */
const LEFTOVER_MILLIS = 24 * 3600 * 1000;

/** Removes what killed writers of `target` left behind; failing at that harms nobody. */
async function sweepLeftovers(target: string): Promise<void> {
  const folder = dirname(target);
  const start = `.${basename(target)}.`;
  const isLeftover = (name: string): boolean =>
    name.startsWith(start) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length));
  const names = await readdir(folder).catch((): string[] => []);
  for (const path of names.filter(isLeftover).map((name) => join(folder, name))) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || Date.now() - found.mtimeMs < LEFTOVER_MILLIS) continue;
    await rm(path, { force: true }).catch(() => undefined);
  }
}

async function syncPath(path: string, flags: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, flags);
    await handle.sync();
  } finally {
    await handle?.close();
  }
}

function cannotPublish(path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const reason = REASONS[error.code ?? '']?.(path) ?? error.message;
  return refused(path, reason, error);
}

function refused(path: string, reason: string, cause?: unknown): Error {
  return coreError('core.cannot-publish', { path, reason }, { cause });
}

const REASONS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `there is no folder ${dirname(path)}`,
  ENOTDIR: (path) => `${dirname(path)} is no folder`,
  EACCES: () => 'permission denied',
  EPERM: () => 'permission denied',
  EROFS: () => 'the file system is read-only',
  ENOSPC: () => 'no space left on the device',
  EDQUOT: () => 'the disk quota is used up',
  ENAMETOOLONG: () => 'the name is too long',
  ELOOP: () => 'its symbolic links lead in a circle',
};

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
