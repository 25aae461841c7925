import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isWavetuneError } from '@wavetune/core';
import { type FileLock, lockFile } from '@wavetune/engine';
import { pipelineError } from './context-registry-errors.ts';

/** What a service alone may write. */
export interface ServiceFiles {
  readonly snapshot: string | undefined;
  readonly 'offload-dir': string | undefined;
}

/**
 * Holds a service's files against every other service of this machine until it is released, or the process ends in
 * whatever way. All or none.
 *
 * @throws WavetuneError `context-files.in-use` with who holds them; `engine.cannot-write`, `engine.disk-full`
 */
export async function holdFiles({
  snapshot,
  'offload-dir': folder,
}: ServiceFiles): Promise<FileLock> {
  const held: FileLock[] = [];
  const release = (): void => {
    for (const lock of held) lock.release();
  };
  try {
    if (snapshot !== undefined) held.push(hold(snapshot, `${snapshot}.lock`));
    if (folder !== undefined) {
      await mkdir(folder, { recursive: true });
      held.push(hold(folder, join(folder, '.lock')));
    }
  } catch (failure) {
    release();
    throw failure;
  }
  return { release };
}

function hold(path: string, lockPath: string): FileLock {
  try {
    return lockFile(lockPath);
  } catch (cause) {
    if (!isWavetuneError(cause, 'engine.file-in-use')) throw cause;
    const { owner } = cause.details as { readonly owner: string };
    throw pipelineError('context-files.in-use', { path, owner }, { cause });
  }
}
