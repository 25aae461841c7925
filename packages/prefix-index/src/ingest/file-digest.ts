import { createReadStream } from 'node:fs';
import { readFileHead } from '@wavetune/trace';
import { createXXHash128 } from 'hash-wasm';

const PART_BYTES = 2 ** 20;

/**
 * XXH3-128 of a file's bytes as they lie on disk, hexadecimal: what makes a batch known when it comes again. It tells
 * files apart and is no proof of anything; SHA-256 would take as long as reading the events out of the file.
 *
 * @throws WavetuneError `trace.*` for what is no file, cannot be read or is empty.
 */
export async function digestOfFile(path: string): Promise<string> {
  await readFileHead(path, 1);
  const hash = await createXXHash128();
  hash.init();
  for await (const part of createReadStream(path, { highWaterMark: PART_BYTES })) {
    hash.update(part as Uint8Array);
  }
  return hash.digest('hex');
}
