import { defineErrors, isWavetuneError, type WavetuneError } from '@wavetune/core';

const diskError = defineErrors({
  'index-disk.full': (d: { readonly path: string; readonly reason: string }) =>
    `no space left for ${d.path} (${d.reason}); what was acknowledged is safe, the rest was refused: make room and send it again`,
  'index-disk.read-only': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} cannot be written (${d.reason}); it answers what it holds and takes nothing new`,
  'index-disk.failed': (d: { readonly path: string; readonly reason: string }) =>
    `the disk failed at ${d.path} (${d.reason}); what was acknowledged is safe, the rest was refused`,
});

const FAULTS: Readonly<Record<string, DiskFault>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
};

/** A failure of the file system, also one that another package coded, as a coded error; any other failure as it is. */
export function toDiskFailure(path: string, failure: unknown): unknown {
  const cause = { cause: failure };
  if (isWavetuneError(failure, 'engine.disk-full')) return diskFailure(path, 'full', cause);
  if (isWavetuneError(failure, 'engine.cannot-write')) return diskFailure(path, 'read-only', cause);
  if (isWavetuneError(failure, 'core.cannot-publish')) {
    return isRefusal(failure.cause) ? toDiskFailure(path, failure.cause) : failure;
  }
  if (!isSystemError(failure)) return failure;
  return diskFailure(path, FAULTS[failure.code] ?? 'failed', { reason: failure.code, ...cause });
}

export function diskFull(path: string, reason: string): WavetuneError {
  return diskError('index-disk.full', { path, reason });
}

/** True for a refusal that ends when the disk does: what was sent may be sent again later. */
export function isDiskFailure(failure: unknown): failure is WavetuneError {
  return isWavetuneError(failure) && failure.code.startsWith('index-disk.');
}

type DiskFault = 'full' | 'read-only' | 'failed';

interface SystemError extends Error {
  readonly code: string;
}

function diskFailure(
  path: string,
  fault: DiskFault,
  because: { readonly reason?: string; readonly cause: unknown },
): WavetuneError {
  const { reason = REASONS[fault], cause } = because;
  return diskError(`index-disk.${fault}`, { path, reason }, { cause });
}

function isRefusal(failure: unknown): boolean {
  return isSystemError(failure) && failure.code in FAULTS;
}

function isSystemError(failure: unknown): failure is SystemError {
  return failure instanceof Error && 'code' in failure && 'syscall' in failure;
}

const REASONS: Readonly<Record<DiskFault, string>> = {
  full: 'the disk is full',
  'read-only': 'it may only be read',
  failed: 'it gave no reason',
};
