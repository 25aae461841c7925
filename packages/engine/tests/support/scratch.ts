import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWavetuneError } from '@wavetune/core';
import { afterAll, beforeAll } from 'vitest';
import { type Engine, openEngine } from '../../src/index.ts';

/** An engine and a folder for the tests of one file. */
export interface Scratch {
  readonly engine: Engine;
  readonly folder: string;
  /** Writes a file into the folder and gives its path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
}

export function useScratch(): Scratch {
  let folder = '';
  let engine: Engine;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-test-'));
    engine = await openEngine({ threads: 2, memoryLimitBytes: 2 ** 30, tempFolder: folder });
  });
  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true });
  });
  return {
    get engine() {
      return engine;
    },
    get folder() {
      return folder;
    },
    write: async (name, content) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
  };
}

/** The code and details of the error that `promise` rejects with. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<{ code: string; details: object }> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (failure: unknown) => failure,
  );
  if (!isWavetuneError(error)) throw error;
  return { code: error.code, details: error.details };
}
