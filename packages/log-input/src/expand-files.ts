import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { logInputError } from './log-input-errors.ts';

/**
 * The files that names and glob patterns stand for; those of one pattern in order of their names, none twice. A place in a
 * store (`s3a://bucket/*.parquet`) stays as it is: only the engine that reads it can look.
 *
 * @throws WavetuneError `log-input.no-match` for a pattern that matches nothing.
 */
export async function expandFiles(patterns: readonly string[]): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const pattern of patterns) {
    const isPattern = !isInStore(pattern) && /[*?[{]/.test(pattern) && !existsSync(pattern);
    const found = isPattern ? await Array.fromAsync(glob(pattern)) : [pattern];
    if (found.length === 0) throw logInputError('log-input.no-match', { pattern });
    for (const file of found.sort()) files.add(file);
  }
  return [...files];
}

/** Whether a log lies in a store that only an engine of `--engine` reads. */
export function isInStore(place: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(place);
}
