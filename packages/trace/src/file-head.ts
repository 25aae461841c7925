import { type FileHandle, open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { traceError } from './trace-errors.ts';

/** How a file's bytes are packed. */
export type Packing = 'plain' | 'gzip' | 'zstd';

/** The beginning of a file, unpacked. */
export interface FileHead {
  readonly packing: Packing;
  readonly bytes: Buffer;
  /** `bytes` is the whole content. */
  readonly isWhole: boolean;
}

const MAGIC: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/**
 * Reads and unpacks at most `sizeBytes` from the beginning of a file.
 *
 * @throws WavetuneError `trace.no-file`, `trace.not-a-file`, `trace.cannot-read`, `trace.empty-file`,
 * `trace.damaged-file`.
 */
export async function readFileHead(path: string, sizeBytes: number): Promise<FileHead> {
  await refuseOthers(path);
  const file = await open(path, 'r').catch((error) => refuse(path, error));
  try {
    const start = Buffer.alloc(4);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    const packing =
      MAGIC.find(([, magic]) => magic.every((byte, i) => start[i] === byte))?.[0] ?? 'plain';
    const head = bytesRead === 0 ? undefined : await unpack(path, file, packing, sizeBytes);
    if (head === undefined || head.bytes.length === 0)
      throw traceError('trace.empty-file', { path });
    return head;
  } finally {
    await file.close();
  }
}

/** Before it is opened: a pipe that nobody writes to would be waited for without end. */
async function refuseOthers(path: string): Promise<void> {
  const found = await stat(path).catch((error) => refuse(path, error));
  if (found.isFile()) return;
  const isFolder = found.isDirectory();
  throw traceError('trace.not-a-file', {
    path,
    found: isFolder ? 'a folder' : 'a device or a pipe',
  });
}

function refuse(path: string, error: NodeJS.ErrnoException): never {
  const { code = '', message } = error;
  if (code === 'ENOENT') throw traceError('trace.no-file', { path }, { cause: error });
  throw traceError(
    'trace.cannot-read',
    { path, reason: REASONS[code] ?? message },
    { cause: error },
  );
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
};

async function unpack(
  path: string,
  file: FileHandle,
  packing: Packing,
  sizeBytes: number,
): Promise<FileHead> {
  const parts: Buffer[] = [];
  let length = 0;
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const part of source) {
      parts.push(part);
      length += part.length;
      if (length > sizeBytes) return;
    }
  };
  const raw = file.createReadStream({ start: 0, autoClose: false });
  try {
    if (packing === 'plain') await pipeline(raw, collect);
    else await pipeline(raw, packing === 'gzip' ? createGunzip() : createZstdDecompress(), collect);
  } catch (error) {
    if (length <= sizeBytes) {
      const reason = (error as Error).message;
      throw traceError('trace.damaged-file', { path, packing, reason }, { cause: error });
    }
  }
  const bytes = Buffer.concat(parts);
  return { packing, bytes: bytes.subarray(0, sizeBytes), isWhole: length <= sizeBytes };
}
