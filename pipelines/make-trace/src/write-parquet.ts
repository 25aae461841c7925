import { rm, writeFile } from 'node:fs/promises';
import { publishBy } from '@wavetune/core';
import { openEngine } from '@wavetune/engine';
import { col, field, type Plan, parseJson, project, type StructType, scan } from '@wavetune/ir';

const MEMORY_BYTES = 2 ** 30;

/**
 * Publishes JSON lines as a Parquet file with the struct's columns, in the order of the lines.
 *
 * The lines lie in a file beside the output while they are converted: the engine reads files, and ten million block
 * references are 100 MB.
 */
export async function writeParquet(
  path: string,
  lines: Iterable<Uint8Array>,
  options: { readonly columns: StructType; readonly signal: AbortSignal },
): Promise<void> {
  await publishBy(path, async (temporary) => {
    const source = `${temporary}.jsonl`;
    try {
      await writeFile(source, lines, { flag: 'wx' });
      options.signal.throwIfAborted();
      await convert(fromJsonLines(source, options.columns), temporary, options.signal);
    } finally {
      await rm(source, { force: true });
    }
  });
}

async function convert(plan: Plan, path: string, signal: AbortSignal): Promise<void> {
  const engine = await openEngine({ memoryLimitBytes: MEMORY_BYTES });
  const stop = (): void => engine.interrupt();
  signal.addEventListener('abort', stop);
  try {
    await engine.writeParquet(plan, path);
  } finally {
    signal.removeEventListener('abort', stop);
    await engine.close();
  }
}

function fromJsonLines(path: string, columns: StructType): Plan {
  const parsed = parseJson(col('text'), columns);
  const rows = project(scan({ format: 'lines', files: [path] }), { parsed });
  const names = columns.fields.map(({ name }) => name);
  return project(rows, Object.fromEntries(names.map((name) => [name, field(col('parsed'), name)])));
}
