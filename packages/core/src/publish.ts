import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { coreError } from './core-errors.ts';

/**
 * Writes a file so that a reader sees the old one or the whole new one, also across power loss: temporary file in the
 * same folder, fsync, rename, fsync of the folder. On any failure the temporary file goes and the old file stays.
 *
 * @param parts - UTF-8 text or bytes, written in order.
 * @throws WavetuneError `core.cannot-publish` where the file system refuses (no folder, no permission, disk full).
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
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await write(temporary);
    await syncPath(temporary, 'r+');
    await rename(temporary, path);
    await syncPath(folder, 'r');
  } catch (error) {
    await rm(temporary, { force: true });
    if (!isSystemError(error)) throw error;
    throw coreError('core.cannot-publish', { path, reason: error.message }, { cause: error });
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

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
