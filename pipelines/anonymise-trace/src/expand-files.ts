import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';

/** Files of names and glob patterns, those of one pattern in order of their names. What matches nothing stays as it is. */
export async function expandFiles(patterns: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const pattern of patterns) {
    const found = existsSync(pattern) ? [] : await Array.fromAsync(glob(pattern));
    files.push(...(found.length > 0 ? found.sort() : [pattern]));
  }
  return files;
}
