import { type Database, type Engine, openDatabase } from '@wavetune/engine';
import { type Plan, scan, TEXT } from '@wavetune/ir';
import type { Catalog } from './catalog.ts';
import { type CatalogColumns, catalogPlan, findCatalogColumns } from './catalog-columns.ts';
import { catalogError } from './catalog-errors.ts';
import { type CatalogReport, type CatalogRow, createCatalogBuilder } from './memory-catalog.ts';
import { isMongodb, readMongodb, withoutPassword } from './read-mongodb.ts';

const FILE_KINDS = { parquet: /\.parquet$/i, csv: /\.csv(\.gz|\.zst)?$/i } as const;
const DATABASE = /^(.*\.(?:duckdb|ddb))(?:#(.+))?$/i;
const KNOWN = [
  '.parquet',
  '.csv',
  '.csv.gz',
  '.csv.zst',
  '.duckdb',
  '.duckdb#table',
  '.ddb',
  'mongodb://…#collection',
];

export interface ReadCatalog {
  /** As it may be shown: without a password. */
  readonly place: string;
  readonly catalog: Catalog;
  readonly report: CatalogReport;
}

/**
 * Reads a catalog into memory: a Parquet or CSV file, or a table of a DuckDB file (`items.duckdb#table`; the name may be
 * left out where there is only one), or a collection of MongoDB (`mongodb://host/database#collection`). Columns are found by their usual names; only the item's must be there.
 *
 * @throws WavetuneError `catalog.*`, `engine.*`.
 */
export async function readCatalog(place: string, engine: Engine): Promise<ReadCatalog> {
  if (isMongodb(place)) return collect(withoutPassword(place), readMongodb(place));
  const [, path, table] = DATABASE.exec(place) ?? [];
  if (path !== undefined) return readDatabase(path, table);
  for (const format of ['parquet', 'csv'] as const) {
    if (FILE_KINDS[format].test(place)) return readFile(place, format, engine);
  }
  throw catalogError('catalog.unknown-kind', { place, known: KNOWN });
}

async function readFile(
  path: string,
  format: 'parquet' | 'csv',
  engine: Engine,
): Promise<ReadCatalog> {
  const available = (await engine.describeFile(path, format)).map(({ name }) => name);
  const columns = findCatalogColumns(path, available);
  const rows = scan({ format, files: [path], columns: asText(columns) });
  return collect(path, rowsOf(rows, columns, engine));
}

async function readDatabase(path: string, named: string | undefined): Promise<ReadCatalog> {
  const options = { path, access: 'read', threads: 1, memoryLimitBytes: 2 ** 29 } as const;
  const database = await openDatabase(options);
  try {
    const tables = await tablesOf(database);
    const table = named ?? (tables.size === 1 ? [...tables.keys()][0] : undefined);
    const available = table === undefined ? undefined : tables.get(table);
    if (table === undefined || available === undefined) {
      throw catalogError('catalog.no-table', { path, table: named, tables: [...tables.keys()] });
    }
    const columns = findCatalogColumns(`${path}#${table}`, available);
    const rows = scan({ format: 'table', name: table, columns: asText(columns) });
    return await collect(`${path}#${table}`, rowsOf(rows, columns, database));
  } finally {
    await database.close();
  }
}

/** Table → its columns, both in their order; `duckdb_columns` is DuckDB's own view of them. */
async function tablesOf(database: Database): Promise<ReadonlyMap<string, readonly string[]>> {
  const columns = ['table_name', 'column_name'].map((name) => ({ name, type: TEXT }));
  const rows = await database.rows(scan({ format: 'table', name: 'duckdb_columns', columns }));
  const tables = new Map<string, string[]>();
  for (const { table_name: table, column_name: column } of rows) {
    const known = tables.get(String(table));
    if (known === undefined) tables.set(String(table), [String(column)]);
    else known.push(String(column));
  }
  return tables;
}

/** Declared as text whatever they are: files are read as declared, and `catalogPlan` casts what tables have. */
function asText(columns: CatalogColumns) {
  return [...new Set(Object.values(columns))].map((name) => ({ name, type: TEXT }));
}

async function* rowsOf(
  rows: Plan,
  columns: CatalogColumns,
  source: Pick<Engine, 'stream'>,
): AsyncGenerator<CatalogRow> {
  const names = Object.keys(columns);
  for await (const { rowCount, columns: vectors } of source.stream(catalogPlan(rows, columns))) {
    const texts = vectors.map((vector) => (vector.kind === 'text' ? vector.values : []));
    for (let row = 0; row < rowCount; row++) {
      yield Object.fromEntries(names.map((name, i) => [name, texts[i][row]]));
    }
  }
}

async function collect(place: string, rows: AsyncIterable<CatalogRow>): Promise<ReadCatalog> {
  const builder = createCatalogBuilder();
  for await (const row of rows) builder.add(row);
  const read = await builder.finish();
  if (read.catalog.size === 0) throw catalogError('catalog.empty', { place });
  return { ...read, place };
}
