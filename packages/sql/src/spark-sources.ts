import type {
  ColumnFiles,
  DocumentFiles,
  JsonLineFiles,
  LineFiles,
  Schema,
  Table,
  Values,
} from '@wavetune/ir';
import type { Dialect, ResolveFile } from './dialect.ts';
import { sparkField, sparkParseJson } from './spark-json.ts';
import {
  sparkIdentifier,
  sparkLiteral,
  sparkRead,
  sparkTable,
  sparkText,
} from './spark-spelling.ts';

/** How Spark reads each source; a name may be a pattern or stand in a store (`s3a://bucket/*.parquet`). */
export const SPARK_SOURCES: Dialect['sources'] = {
  parquet: columnFiles,
  csv: columnFiles,
  json_lines: jsonLines,
  lines,
  documents,
  values,
  table,
};

const CSV = { header: 'true', quote: '"', escape: '"', multiLine: 'true', mode: 'PERMISSIVE' };

/** Spark would end a line at a lone carriage return too. */
const TEXT_LINES = { lineSep: '\n' };
/** A line as the embedded engine settles it: a carriage return that ends it goes, any other is a space. */
const LINE = String.raw`replace(CASE WHEN endswith(value, '\r') THEN left(value, char_length(value) - 1) ELSE value END, '\r', ' ')`;

/** The order of a file's rows: where their part of the file begins, and their place in it. */
const PLACE =
  '_metadata.file_path AS wt_file, _metadata.file_block_start AS wt_block, monotonically_increasing_id() AS wt_at';
const IN_ORDER = 'CAST(row_number() OVER (ORDER BY wt_file, wt_block, wt_at) AS BIGINT)';

function columnFiles(source: ColumnFiles, resolve: ResolveFile): string {
  const { format, columns, position } = source;
  return unionAll(source.files, (file) => {
    const { path } = resolve(file, format);
    const reader = filesOf(format, path, format === 'csv' ? CSV : {});
    const read = columns.map(
      ({ name, type }) => `${sparkRead(sparkIdentifier(name), type)} AS ${sparkIdentifier(name)}`,
    );
    if (position === undefined) return `SELECT ${read.join(', ')} FROM ${reader}`;
    const named = `${sparkText(file)} AS ${sparkIdentifier(position.file)}`;
    const row = sparkIdentifier(position.row);
    if (format === 'parquet' && !isPattern(path)) {
      return `SELECT ${[...read, named].join(', ')}, _metadata.row_index + 1 AS ${row} FROM ${reader}`;
    }
    const columnNames = columns.map(({ name }) => sparkIdentifier(name)).join(', ');
    const placed = `SELECT ${read.join(', ')}, ${PLACE} FROM ${reader}`;
    return `SELECT ${columnNames}, ${named}, ${IN_ORDER} AS ${row} FROM (${placed})`;
  });
}

/** Of many files every row has a number of its own. */
function isPattern(path: string): boolean {
  return /[*?[{]/.test(path) || !/\.\w+$/.test(path);
}

/** Spark guesses the types of JSON files, so lines are parsed as the scan declares them. */
function jsonLines(source: JsonLineFiles, resolve: ResolveFile): string {
  const { columns } = source;
  const struct = { kind: 'struct', fields: columns } as const;
  const names = columns.map(
    ({ name }) => `${sparkField('wt_object', name)} AS ${sparkIdentifier(name)}`,
  );
  return unionAll(source.files, (file) => {
    const reader = filesOf('text', resolve(file, source.format).path, TEXT_LINES);
    const parsed = `SELECT ${sparkParseJson('value', struct)} AS wt_object FROM ${reader} WHERE trim(${LINE}) <> ''`;
    return `SELECT ${names.join(', ')} FROM (${parsed})`;
  });
}

function lines(source: LineFiles, resolve: ResolveFile): string {
  return unionAll(source.files, (file) => {
    const reader = filesOf('text', resolve(file, source.format).path, TEXT_LINES);
    const placed = `SELECT ${LINE} AS text, ${PLACE} FROM ${reader}`;
    return `SELECT ${sparkText(file)} AS file, ${IN_ORDER} AS line, text FROM (${placed})`;
  });
}

function documents(source: DocumentFiles, resolve: ResolveFile): string {
  return unionAll(source.files, (file) => {
    const reader = filesOf('text', resolve(file, source.format).path, { wholetext: 'true' });
    return `SELECT ${sparkText(file)} AS file, value AS text FROM ${reader}`;
  });
}

function values({ columns, rows }: Values): string {
  const names = columns.map(({ name }) => sparkIdentifier(name)).join(', ');
  if (rows.length === 0) {
    const nulls = columns.map(
      ({ name, type }) => `${sparkLiteral(null, type)} AS ${sparkIdentifier(name)}`,
    );
    return `SELECT ${nulls.join(', ')} WHERE FALSE`;
  }
  const tuples = rows.map(
    (row) => `(${row.map((value, i) => sparkLiteral(value, columns[i].type)).join(', ')})`,
  );
  return `SELECT * FROM VALUES ${tuples.join(', ')} AS v(${names})`;
}

function table({ name, columns }: Table): string {
  return `SELECT ${readAll(columns)} FROM ${sparkTable(name)}`;
}

function readAll(columns: Schema): string {
  return columns
    .map(
      ({ name, type }) => `${sparkRead(sparkIdentifier(name), type)} AS ${sparkIdentifier(name)}`,
    )
    .join(', ');
}

function filesOf(format: string, path: string, options: Readonly<Record<string, string>>): string {
  const settings = Object.entries(options).map(
    ([key, value]) => `${sparkIdentifier(key)} = ${sparkText(value)}`,
  );
  const how = settings.length === 0 ? '' : ` WITH (${settings.join(', ')})`;
  return `${format}.${sparkIdentifier(path)}${how}`;
}

function unionAll(files: readonly string[], select: (file: string) => string): string {
  return files.map(select).join(' UNION ALL ');
}
