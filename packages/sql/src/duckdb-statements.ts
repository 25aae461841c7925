import type { FilePlace } from './dialect.ts';
import { duckdbCsv } from './duckdb-sources.ts';
import { duckdbIdentifier, duckdbPath, duckdbText } from './duckdb-spelling.ts';

/** How pages are compressed: zstd is smaller, snappy is what every reader knows. */
export type ParquetCodec = 'zstd' | 'snappy';

/** Writes the query's rows, in their order, to a Parquet file. */
export function copyToParquet(query: string, path: string, codec: ParquetCodec): string {
  return `COPY (${query}) TO ${duckdbText(path)} (FORMAT parquet, COMPRESSION ${codec})`;
}

/** Holds the query's rows under `name`, in place of a table that has it already. */
export function saveAsTable(query: string, name: string): string {
  return `CREATE OR REPLACE TABLE ${duckdbIdentifier(name)} AS ${query}`;
}

/** Plans the query, and does not run it; the plan as JSON, which DuckDB writes faster than its drawing. */
export function planOf(query: string): string {
  return `EXPLAIN (FORMAT JSON) ${query}`;
}

/** Runs the query and gives a profile as JSON instead of its rows. */
export function profileOf(query: string): string {
  return `EXPLAIN (ANALYZE, FORMAT JSON) ${query}`;
}

/** No rows, under the columns and types that the file has; a CSV's types are guessed from its first rows. */
export function emptyOf(place: FilePlace, format: 'parquet' | 'csv'): string {
  const reader =
    format === 'parquet' ? `read_parquet(${duckdbPath(place.path)})` : duckdbCsv(place, 'guessed');
  return `SELECT * FROM ${reader} LIMIT 0`;
}

/** What a connection is set to: times are UTC, chunks come in large batches, progress is counted but not printed. */
export const DUCKDB_SESSION: readonly string[] = [
  `SET TimeZone = 'UTC'`,
  `SET streaming_buffer_size = '16MiB'`,
  `SET enable_progress_bar = true`,
  `SET enable_progress_bar_print = false`,
];
