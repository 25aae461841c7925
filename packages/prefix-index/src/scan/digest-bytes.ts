import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { setImmediate as otherWork } from 'node:timers/promises';
import { createWideDigest } from './wide-digest.ts';

/** So many bytes are digested by one who needs no more than they. */
const FEW_BYTES = 240;
/** Chosen: some ten milliseconds, then other work is let in. */
const PIECES_AT_ONCE = 128;

/** XXH3-128 of a file's bytes, hexadecimal. */
export async function digestOfBytes(path: string): Promise<string> {
  const digest = createWideDigest();
  const descriptor = openSync(path, 'r');
  try {
    let sizeBytes = 0;
    for (let piece = 1; ; piece++) {
      const room = digest.room();
      const length = readSync(descriptor, room, 0, room.length, null);
      if (length === 0 && sizeBytes > FEW_BYTES) return digest.end();
      if (length === 0) return await digestOfFew(path);
      digest.add(length);
      sizeBytes += length;
      if (piece % PIECES_AT_ONCE === 0) await otherWork();
    }
  } finally {
    closeSync(descriptor);
  }
}

async function digestOfFew(path: string): Promise<string> {
  const { xxhash128 } = await import('hash-wasm');
  return xxhash128(readFileSync(path));
}
