import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as otherWork } from 'node:timers/promises';
import { createXXHash128 } from 'hash-wasm';

const PART_BYTES = 2 ** 20;
/** Chosen: some ten milliseconds, then other work is let in. */
const PARTS_AT_ONCE = 32;

/** XXH3-128 of a file's bytes, hexadecimal. */
export async function digestOfBytes(path: string): Promise<string> {
  const hash = await createXXHash128();
  hash.init();
  const room = Buffer.allocUnsafe(PART_BYTES);
  const descriptor = openSync(path, 'r');
  try {
    for (let part = 1; ; part++) {
      const length = readSync(descriptor, room, 0, room.length, null);
      if (length === 0) return hash.digest('hex');
      hash.update(room.subarray(0, length));
      if (part % PARTS_AT_ONCE === 0) await otherWork();
    }
  } finally {
    closeSync(descriptor);
  }
}
