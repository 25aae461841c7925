import type { FilePlace } from './dialect.ts';
import { sparkIdentifier } from './spark-spelling.ts';

/** No rows, under the columns and types that the files of a place have; a CSV's are all text. */
export function sparkEmptyOf({ path }: FilePlace, format: 'parquet' | 'csv'): string {
  const how = format === 'csv' ? ' WITH (header = true)' : '';
  return `SELECT * FROM ${format}.${sparkIdentifier(path)}${how} LIMIT 0`;
}
