import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Duplex, PassThrough } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { isWavetuneError } from '@wavetune/core';
import { engineError } from './engine-errors.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** A file before its text is read. */
export interface RawFile {
  /** By its first bytes, whatever its name says. */
  readonly compression: Compression;
  readonly sizeBytes: number;
}

const READ_BYTES = 2 ** 20;

/** @throws WavetuneError `engine.cannot-read` for what is missing, a folder, or not ours to read. */
export async function openRawFile(path: string): Promise<RawFile> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const stats = await file.stat();
    if (stats.isDirectory())
      throw engineError('engine.cannot-read', { path, reason: 'it is a folder' });
    const magic = Buffer.alloc(4);
    await file.read(magic, 0, 4, 0);
    return { compression: compressionOf(magic), sizeBytes: stats.size };
  } catch (error) {
    throw cannotRead(path, error);
  } finally {
    await file?.close();
  }
}

/**
 * The bytes of a text file in pieces, decompressed; all members of a .gz, all frames of a .zst.
 *
 * @param file - What messages call it.
 * @throws WavetuneError `engine.cannot-read`, also for a compressed file that is cut short or broken.
 */
export async function* textBytes(path: string, file: string): AsyncGenerator<Buffer> {
  const { compression, sizeBytes } = await openRawFile(path);
  let start = 0;
  try {
    do {
      const decoder = decoderOf(compression);
      yield* piped(path, start, decoder.stream);
      start += decoder.consumedBytes();
    } while (compression === 'zstd' && start < sizeBytes);
  } catch (error) {
    throw cannotRead(file, error);
  }
}

/** Node's zstd decoder stops after one frame and drops the rest, so {@link textBytes} begins a new one behind it. */
function decoderOf(compression: Compression) {
  if (compression === 'none') return { stream: new PassThrough(), consumedBytes: () => 0 };
  const stream = compression === 'gzip' ? createGunzip() : createZstdDecompress();
  return { stream, consumedBytes: () => stream.bytesWritten };
}

async function* piped(path: string, start: number, decoder: Duplex): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { start, highWaterMark: READ_BYTES });
  source.on('error', (error) => decoder.destroy(error));
  source.pipe(decoder);
  try {
    yield* decoder;
  } finally {
    source.destroy();
    decoder.destroy();
  }
}

function compressionOf(magic: Buffer): Compression {
  if (magic.readUInt16BE(0) === 0x1f8b) return 'gzip';
  return magic.readUInt32BE(0) === 0x28b52ffd ? 'zstd' : 'none';
}

function cannotRead(path: string, error: unknown): unknown {
  if (isWavetuneError(error) || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  const reason = (code !== undefined && REASONS[code]) || error.message;
  return engineError('engine.cannot-read', { path, reason }, { cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  Z_BUF_ERROR: 'the compressed data is cut short',
  Z_DATA_ERROR: 'the compressed data is broken',
};
