import { parquetFooterOf } from '@wavetune/sql';
import type { Run } from './session.ts';

/** What the footer of a Parquet file says, without reading its rows. */
export interface ParquetFooter {
  readonly rows: number;
  /** In file order. */
  readonly rowGroups: readonly RowGroup[];
}

export interface RowGroup {
  readonly rows: number;
  /** By name; of nested columns the parts, by their path. */
  readonly columns: ReadonlyMap<string, ColumnChunk>;
}

/** A column's part of a row group; what the writer left out is left out. */
export interface ColumnChunk {
  /** In the file, compressed. */
  readonly storedBytes: number;
  readonly min?: number;
  readonly max?: number;
  readonly nulls?: number;
  readonly distincts?: number;
}

/** @param path - As DuckDB opens it. */
export async function readParquetFooter(run: Run, path: string): Promise<ParquetFooter> {
  const reader = await run.connection.runAndReadAll(parquetFooterOf(path));
  const groups = new Map<number, { rows: number; columns: Map<string, ColumnChunk> }>();
  for (const [id, rows, name, min, max, nulls, distincts, bytes] of reader.getRows()) {
    const group = groups.get(Number(id)) ?? { rows: Number(rows), columns: new Map() };
    groups.set(Number(id), group);
    group.columns.set(String(name), {
      storedBytes: Number(bytes),
      ...numberAt('min', min),
      ...numberAt('max', max),
      ...numberAt('nulls', nulls),
      ...numberAt('distincts', distincts),
    });
  }
  const rowGroups = [...groups.values()];
  return { rows: rowGroups.reduce((sum, { rows }) => sum + rows, 0), rowGroups };
}

/** `{[key]: number}`; nothing where the footer has no value there, or one that is no number. */
function numberAt<K extends string>(key: K, value: unknown): { readonly [P in K]?: number } {
  const isThere = value !== null && value !== undefined && value !== '';
  const number = isThere ? Number(value) : Number.NaN;
  return (Number.isFinite(number) ? { [key]: number } : {}) as { readonly [P in K]?: number };
}
