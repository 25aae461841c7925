import { open } from 'node:fs/promises';
import type { Engine } from '@wavetune/engine';
import { type Plan, type Schema, scan } from '@wavetune/ir';
import { planInputError } from './plan-input-errors.ts';

/** A file of rows, and what its columns are. */
export interface TableFile {
  readonly path: string;
  readonly format: 'parquet' | 'csv';
  readonly columns: Schema;
}

const PARQUET_MAGIC = 'PAR1';

/**
 * What a Parquet or CSV file has, told by its first bytes.
 *
 * @throws WavetuneError `plan-input.not-a-table`, `engine.cannot-read`
 */
export async function describeTable(engine: Engine, path: string): Promise<TableFile> {
  const format = await tableFormatOf(path);
  const columns = await engine.describeFile(path, format);
  return { path, format, columns: columns.map(({ name, type }) => ({ name, type })) };
}

/** Parquet says so in its first bytes; everything else is read as CSV. @throws WavetuneError `plan-input.not-a-table` */
export async function tableFormatOf(path: string): Promise<TableFile['format']> {
  return (await beginningOf(path)) === PARQUET_MAGIC ? 'parquet' : 'csv';
}

/** The rows of a table; of its columns those of `names` alone, in the order of the file. */
export function scanOf({ path, format, columns }: TableFile, names?: readonly string[]): Plan {
  const wanted = names === undefined ? columns : columns.filter(({ name }) => names.includes(name));
  return scan({ format, files: [path], columns: wanted.length === 0 ? columns : wanted });
}

async function beginningOf(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw planInputError('plan-input.not-a-table', { file: path, reason }, { cause });
  }
}
