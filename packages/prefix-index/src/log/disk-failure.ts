import { defineErrors, isWavetuneError, type WavetuneError } from '@wavetune/core';

const diskError = defineErrors({
  'index-disk.full': (d: { readonly path: string; readonly reason: string }) =>
    `no space left for ${d.path} (${d.reason}); what was acknowledged is safe, the rest was refused: make room and send it again`,
  'index-disk.read-only': (d: { readonly path: string; readonly reason: string }) =>
    `${d.path} cannot be written (${d.reason}); it answers what it holds and takes nothing new`,
  'index-disk.failed': (d: { readonly path: string; readonly reason: string }) =>
    `the disk failed at ${d.path} (${d.reason}); what was acknowledged is safe, the rest was refused`,
});

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const READ_ONLY = new Set(['EROFS', 'EACCES', 'EPERM']);

/** A failure of the file system as a coded error; any other failure as it is. */
export function toDiskFailure(path: string, failure: unknown): unknown {
  if (isWavetuneError(failure)) return failure;
  if (!(failure instanceof Error) || !('code' in failure) || !('syscall' in failure)) {
    return failure;
  }
  const code = String(failure.code);
  return diskFailure(path, diskFault(code), { reason: code, cause: failure });
}

/** What a disk can refuse. */
export type DiskFault = 'full' | 'read-only' | 'failed';

export function diskFailure(
  path: string,
  fault: DiskFault,
  because: { readonly reason: string; readonly cause: unknown },
): WavetuneError {
  const { reason, cause } = because;
  return diskError(`index-disk.${fault}`, { path, reason }, { cause });
}

/** True for a refusal that ends when the disk does: what was sent may be sent again later. */
export function isDiskFailure(failure: unknown): failure is WavetuneError {
  return isWavetuneError(failure) && failure.code.startsWith('index-disk.');
}

function diskFault(code: string): DiskFault {
  if (FULL.has(code)) return 'full';
  return READ_ONLY.has(code) ? 'read-only' : 'failed';
}
