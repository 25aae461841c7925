import type { Schema } from '@wavetune/ir';
import { duckdbIdentifier, duckdbTypeName } from './duckdb-spelling.ts';

/** A table without rows, unless there is one of that name. */
export function createTable(name: string, columns: Schema): string {
  const declared = columns.map(
    (column) => `${duckdbIdentifier(column.name)} ${duckdbTypeName(column.type)}`,
  );
  return `CREATE TABLE IF NOT EXISTS ${duckdbIdentifier(name)} (${declared.join(', ')})`;
}

/** Removes all rows of a table. */
export function clearTable(name: string): string {
  return `DELETE FROM ${duckdbIdentifier(name)}`;
}

/** What stands between these is kept as one, or not at all. */
export const TRANSACTION = {
  begin: 'BEGIN TRANSACTION',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
} as const;

/** Moves what was committed from the write-ahead log into the database file. */
export const CHECKPOINT = 'CHECKPOINT';

/** Holds an SQLite file for one connection until it closes; writes nothing, no journal beside it either. */
export const SQLITE_LOCK = 'PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE';
