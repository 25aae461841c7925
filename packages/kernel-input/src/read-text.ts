import { readFile } from 'node:fs/promises';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { kernelInputError } from './kernel-input-errors.ts';

const GZIP_MAGIC = 0x1f8b;
const ZSTD_MAGIC = 0x28b5;

/**
 * A whole text file; plain, gzip or zstd, told by its first bytes.
 *
 * @throws WavetuneError `kernel-input.unreadable-file`
 */
export async function readText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    const magic = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
    if (magic === GZIP_MAGIC) return gunzipSync(bytes).toString();
    return (magic === ZSTD_MAGIC ? zstdDecompressSync(bytes) : bytes).toString();
  } catch (cause) {
    const problem = problemOf(cause);
    throw kernelInputError('kernel-input.unreadable-file', { path, problem }, { cause });
  }
}

function problemOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'permission denied';
  return cause.message;
}
