import type { FileColumn } from '@wavetune/engine';
import { clickhouseTableFacts } from '@wavetune/sql';
import { clickhouseError } from './clickhouse-errors.ts';
import type { ClickhouseTable } from './clickhouse-url.ts';
import { planType } from './column-types.ts';
import { type ClickhouseSession, resultBytes } from './running-query.ts';

/** What a server says of a table. */
export interface TableFacts {
  /** `database.table` */
  readonly name: string;
  readonly columns: readonly FileColumn[];
  /** Columns that order the table's rows: those asked for, else the columns of its sorting key. */
  readonly orderBy: readonly string[];
  readonly sizeBytes: number;
}

interface FactsRow {
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly sorting_key: string;
  readonly bytes: string;
}

/** @throws WavetuneError `clickhouse.unknown-table`, `clickhouse.unknown-column` for an order by what is not there. */
export async function lookUpTable(
  session: ClickhouseSession,
  { database, table, order }: ClickhouseTable,
): Promise<TableFacts> {
  const name = `${database}.${table}`;
  const [facts] = await jsonRows<FactsRow>(session, clickhouseTableFacts(database, table));
  if (facts === undefined) {
    const reason = `${name} is not among the tables that this user sees`;
    throw clickhouseError('clickhouse.unknown-table', {
      number: '60',
      name: 'UNKNOWN_TABLE',
      reason,
    });
  }
  const columns = facts.columns.map(([column, type]) => ({
    name: column,
    type: planType(type),
    native: type,
  }));
  const available = columns.map((column) => column.name);
  const missing = order?.find((column) => !available.includes(column));
  if (missing !== undefined) {
    throw clickhouseError('clickhouse.unknown-column', { table: name, column: missing, available });
  }
  const key = facts.sorting_key.split(', ').filter((column) => available.includes(column));
  return { name, columns, orderBy: order ?? key, sizeBytes: Number(facts.bytes) };
}

/** All rows of a query that answers little. */
export async function jsonRows<Row>(
  session: ClickhouseSession,
  query: string,
): Promise<readonly Row[]> {
  const parts = await Array.fromAsync(resultBytes(session, query, 'JSONEachRow'));
  const text = Buffer.concat(parts).toString('utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));
}
