import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';

/** Parts of a file, in order. */
export type ByteParts = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The parts as they go into a file of this name: packed for `.gz` and `.zst`, else as they are. */
export function packedFor(path: string, parts: ByteParts): ByteParts {
  if (path.endsWith('.gz')) return packed(parts, createGzip());
  if (path.endsWith('.zst')) return packed(parts, createZstdCompress());
  return parts;
}

async function* packed(parts: ByteParts, packer: Transform): AsyncGenerator<Uint8Array> {
  const done = pipeline(Readable.from(parts, { objectMode: false }), packer);
  done.catch(() => {});
  yield* packer;
  await done;
}
