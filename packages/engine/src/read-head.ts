import { textBytes } from './text-bytes.ts';

/**
 * The first `limitBytes` bytes of a text file, decompressed where it is .gz or .zst; bytes that are not UTF-8, a character
 * cut at the end included, become U+FFFD.
 *
 * @throws WavetuneError `engine.cannot-read`
 */
export async function readHead(path: string, limitBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of textBytes(path, path)) {
    parts.push(part);
    sizeBytes += part.length;
    if (sizeBytes >= limitBytes) break;
  }
  return new TextDecoder().decode(Buffer.concat(parts).subarray(0, limitBytes));
}
