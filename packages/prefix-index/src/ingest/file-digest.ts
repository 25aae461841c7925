import { readFileHead } from '@wavetune/trace';
import { digestOfBytes } from '../scan/digest-bytes.ts';

/**
 * XXH3-128 of a file's bytes as they lie on disk, hexadecimal: what makes a batch known when it comes again. It tells
 * files apart and is no proof of anything; SHA-256 would take as long as reading the events out of the file.
 *
 * @throws WavetuneError `trace.*` for what is no file, cannot be read or is empty.
 */
export async function digestOfFile(path: string): Promise<string> {
  await readFileHead(path, 1);
  return digestOfBytes(path);
}
