import { stat } from 'node:fs/promises';
import { isInStore } from './expand-files.ts';

/** A log as documents name it. */
export interface InputFile {
  readonly path: string;
  readonly bytes: number;
}

/** The logs as a document names them; the size of what lies in a store is not known, and 0. */
export async function inputsOf(files: readonly string[]): Promise<InputFile[]> {
  return Promise.all(
    files.map(async (path) => ({ path, bytes: isInStore(path) ? 0 : (await stat(path)).size })),
  );
}
