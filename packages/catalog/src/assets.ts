import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A path below the project's `assets/`, wherever the project lies. */
export function assetPath(...steps: readonly string[]): string {
  return join(fileURLToPath(new URL('../../../assets/', import.meta.url)), ...steps);
}

/** The JSON files of one asset folder, in the order of their names. */
export async function assetFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(assetPath(folder));
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => assetPath(folder, name));
}
