import { clickhouseText } from './clickhouse-spelling.ts';

/** Ends a query, without waiting for its end. */
export function clickhouseKill(queryId: string): string {
  return `KILL QUERY WHERE query_id = ${clickhouseText(queryId)} ASYNC`;
}

/** A table: a row with its columns' names and types, its sorting key and its bytes; no row where there is none. */
export function clickhouseTableFacts(database: string, table: string): string {
  const isIt = `database = ${clickhouseText(database)} AND table = ${clickhouseText(table)}`;
  const columns = `(SELECT groupArray([name, type]) FROM (SELECT name, type FROM system.columns WHERE ${isIt} ORDER BY position))`;
  const isNamed = `database = ${clickhouseText(database)} AND name = ${clickhouseText(table)}`;
  return `SELECT ${columns} AS columns, sorting_key, toString(ifNull(total_bytes, 0)) AS bytes FROM system.tables WHERE ${isNamed}`;
}

/** The names and types of what a file on the server holds. */
export function clickhouseFileColumns(path: string, format: 'parquet' | 'csv'): string {
  const how = format === 'parquet' ? 'Parquet' : 'CSVWithNames';
  return `DESCRIBE TABLE file(${clickhouseText(path)}, '${how}')`;
}
