import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openEngine } from '@wavetune/engine';
import { afterAll, beforeAll } from 'vitest';
import { type ReadTrace, type ReadTraceOptions, readTrace } from '../src/index.ts';

/** A folder and an engine for the tests of a file; both go afterwards. */
export interface Scratch {
  readonly pathOf: (name: string) => string;
  /** Writes a file and gives its path. */
  readonly write: (name: string, content: string | Buffer) => string;
  readonly engine: () => Engine;
  readonly read: (
    files: readonly string[],
    options?: Partial<ReadTraceOptions>,
  ) => Promise<ReadTrace>;
}

export function useScratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'wavetune-ingest-'));
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine({ memoryLimitBytes: 2 ** 29, threads: 2 });
  });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });
  const pathOf = (name: string): string => join(folder, name);
  return {
    pathOf,
    write: (name, content) => {
      writeFileSync(pathOf(name), content);
      return pathOf(name);
    },
    engine: () => engine,
    read: (files, options = {}) => readTrace({ files, format: 'auto', engine, ...options }),
  };
}

/** Mooncake lines of chains at one block a 512 tokens. */
export function mooncakeLines(
  requests: readonly { readonly t: number; readonly ids: readonly (number | bigint | string)[] }[],
): string {
  return requests
    .map(
      ({ t, ids }) =>
        `{"timestamp":${t},"input_length":${512 * ids.length},"output_length":1,"hash_ids":[${ids.join(',')}]}\n`,
    )
    .join('');
}
