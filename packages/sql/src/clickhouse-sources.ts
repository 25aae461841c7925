import type { ColumnFiles, JsonLineFiles, LineFiles, Schema, Table, Values } from '@wavetune/ir';
import { clickhouseParseJson } from './clickhouse-json.ts';
import {
  clickhouseIdentifier,
  clickhouseLiteral,
  clickhouseRead,
  clickhouseTable,
  clickhouseText,
} from './clickhouse-spelling.ts';
import type { Dialect, FilePlace, ResolveFile } from './dialect.ts';

/** How ClickHouse reads each source; files are those that the server sees, under the names that it gives them. */
export const CLICKHOUSE_SOURCES: Dialect['sources'] = {
  parquet: columnFiles,
  csv: columnFiles,
  json_lines: jsonLines,
  lines,
  values,
  table,
};

function columnFiles(source: ColumnFiles, resolve: ResolveFile): string {
  const { format, columns, position } = source;
  return unionAll(source.files, (file) => {
    const place = resolve(file, format);
    const read = columns.map(
      ({ name, type }) =>
        `${clickhouseRead(`t.${clickhouseIdentifier(name)}`, type)} AS ${clickhouseIdentifier(name)}`,
    );
    if (position !== undefined) {
      read.push(`toNullable(${clickhouseText(file)}) AS ${clickhouseIdentifier(position.file)}`);
      read.push(`${rowOf(place, columns)} AS ${clickhouseIdentifier(position.row)}`);
    }
    return `SELECT ${read.join(', ')} FROM ${readerOf(place, format)} AS t`;
  });
}

function readerOf({ path, table: held }: FilePlace, format: 'parquet' | 'csv'): string {
  if (held !== undefined) return clickhouseTable(held.name);
  const how = format === 'parquet' ? 'Parquet' : 'CSVWithNames';
  return `file(${clickhouseText(path)}, '${how}')`;
}

/** A table's rows count in the order of its key, those that share one in the order of what is read of them. */
function rowOf({ table: held }: FilePlace, columns: Schema): string {
  if (held === undefined) return 'CAST(_row_number + 1 AS Nullable(Int64))';
  const keys = [...held.orderBy, ...columns.map(({ name }) => name)];
  const order = [...new Set(keys)].map((key) => `t.${clickhouseIdentifier(key)}`).join(', ');
  return `CAST(row_number() OVER (ORDER BY ${order}) AS Nullable(Int64))`;
}

function jsonLines(source: JsonLineFiles, resolve: ResolveFile): string {
  const { columns } = source;
  const struct = { kind: 'struct', fields: columns } as const;
  const read = columns.map(
    ({ name }, i) =>
      `tupleElement(tupleElement(wt_object, 2), ${i + 1}) AS ${clickhouseIdentifier(name)}`,
  );
  return unionAll(source.files, (file) => {
    const reader = linesOf(resolve(file, source.format));
    const parsed = `SELECT ${clickhouseParseJson('wt_line', struct)} AS wt_object FROM ${reader} WHERE trimBoth(wt_line) <> ''`;
    return `SELECT ${read.join(', ')} FROM (${parsed})`;
  });
}

function lines(source: LineFiles, resolve: ResolveFile): string {
  return unionAll(source.files, (file) => {
    const columns = `toNullable(${clickhouseText(file)}) AS file, CAST(_row_number + 1 AS Nullable(Int64)) AS line, toNullable(wt_line) AS text`;
    return `SELECT ${columns} FROM ${linesOf(resolve(file, source.format))}`;
  });
}

function linesOf({ path }: FilePlace): string {
  return `file(${clickhouseText(path)}, 'LineAsString', 'wt_line String')`;
}

function values({ columns, rows }: Values): string {
  const named = (row: readonly (string | boolean | null)[]): string =>
    row
      .map(
        (value, i) =>
          `${clickhouseLiteral(value, columns[i].type)} AS ${clickhouseIdentifier(columns[i].name)}`,
      )
      .join(', ');
  if (rows.length === 0) return `SELECT ${named(columns.map(() => null))} WHERE 0`;
  return rows.map((row) => `SELECT ${named(row)}`).join(' UNION ALL ');
}

function table({ name, columns }: Table): string {
  const read = columns.map(
    (column) =>
      `${clickhouseRead(`t.${clickhouseIdentifier(column.name)}`, column.type)} AS ${clickhouseIdentifier(column.name)}`,
  );
  return `SELECT ${read.join(', ')} FROM ${clickhouseTable(name)} AS t`;
}

function unionAll(files: readonly string[], select: (file: string) => string): string {
  return files.map(select).join(' UNION ALL ');
}
