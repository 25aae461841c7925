import type {
  ColumnFiles,
  DocumentFiles,
  JsonLineFiles,
  LineFiles,
  Schema,
  Table,
  Values,
} from '@wavetune/ir';
import type { Dialect, FilePlace, ResolveFile } from './dialect.ts';
import {
  duckdbIdentifier,
  duckdbLiteral,
  duckdbPath,
  duckdbText,
  duckdbTypeName,
} from './duckdb-spelling.ts';

/** DuckDB's default for a CSV line, and the buffer that it derives from it. */
const LINE_BYTES = 2 ** 21;
const BUFFER_BYTES = 2 ** 25;

/** U+10FFFF is no character: no text holds it once the engine has settled the file. */
const NOT_IN_TEXT = 'chr(1114111)';

/**
 * Commas and double quotes, never guessed: a guess cuts keys that hold semicolons. A short row is padded with nulls, what a
 * long row has too much is dropped; DuckDB cannot pad in parallel where values hold line ends.
 */
export function duckdbCsv(place: FilePlace, types: 'text' | 'guessed'): string {
  const { path, longestLineBytes = 0, hasQuotedLineEnds } = place;
  const options = [
    `header = true`,
    `delim = ','`,
    `quote = '"'`,
    `escape = '"'`,
    `comment = ''`,
    `null_padding = true`,
    `strict_mode = false`,
    `parallel = ${hasQuotedLineEnds !== true}`,
    `all_varchar = ${types === 'text'}`,
    ...bufferOptions(longestLineBytes),
  ];
  return `read_csv(${duckdbPath(path)}, ${options.join(', ')})`;
}

function bufferOptions(longestLineBytes: number): readonly string[] {
  return [
    `max_line_size = ${Math.max(LINE_BYTES, longestLineBytes + 2)}`,
    `buffer_size = ${Math.max(BUFFER_BYTES, longestLineBytes + 2)}`,
  ];
}

/** How DuckDB reads each source. */
export const DUCKDB_SOURCES: Dialect['sources'] = {
  parquet: columnFiles,
  csv: columnFiles,
  json_lines: jsonLines,
  lines,
  documents,
  values,
  table,
};

function columnFiles(source: ColumnFiles, resolve: ResolveFile): string {
  return unionAll(source.files, (file) => {
    const place = resolve(file, source.format);
    const columns = source.columns.map(
      ({ name, type }) =>
        `TRY_CAST(${duckdbIdentifier(name)} AS ${duckdbTypeName(type)}) AS ${duckdbIdentifier(name)}`,
    );
    if (source.position) {
      const row = source.format === 'parquet' ? 'file_row_number + 1' : 'row_number() OVER ()';
      columns.push(`${duckdbText(file)} AS ${duckdbIdentifier(source.position.file)}`);
      columns.push(`${row} AS ${duckdbIdentifier(source.position.row)}`);
    }
    const reader =
      source.format === 'parquet'
        ? `read_parquet(${duckdbPath(place.path)}${source.position ? ', file_row_number = true' : ''})`
        : duckdbCsv(place, 'text');
    return `SELECT ${columns.join(', ')} FROM ${reader}`;
  });
}

/** Where a line is no object of this kind, `ignore_errors` makes a row of nulls of it. */
function jsonLines(source: JsonLineFiles, resolve: ResolveFile): string {
  const types = source.columns.map(
    ({ name, type }) => `${duckdbText(name)}: ${duckdbText(duckdbTypeName(type))}`,
  );
  const options = [
    `columns = {${types.join(', ')}}`,
    `format = 'newline_delimited'`,
    `ignore_errors = true`,
    `hive_partitioning = false`,
  ];
  const names = source.columns.map(({ name }) => duckdbIdentifier(name));
  return unionAll(source.files, (file) => {
    const { path } = resolve(file, source.format);
    return `SELECT ${names.join(', ')} FROM read_json(${duckdbPath(path)}, ${options.join(', ')})`;
  });
}

/** The CSV reader with quoting, escaping and guessing off: it alone streams lines as they are, blank ones included. */
function lines(source: LineFiles, resolve: ResolveFile): string {
  return unionAll(source.files, (file) => {
    const { path, longestLineBytes = 0 } = resolve(file, source.format);
    const options = [
      `columns = {'text': 'VARCHAR'}`,
      `auto_detect = false`,
      `header = false`,
      `delim = ${NOT_IN_TEXT}`,
      `quote = ''`,
      `escape = ''`,
      `comment = ''`,
      `new_line = '\\n'`,
      `strict_mode = false`,
      ...bufferOptions(longestLineBytes),
    ];
    const reader = `read_csv(${duckdbPath(path)}, ${options.join(', ')})`;
    const columns = `${duckdbText(file)} AS file, row_number() OVER () AS line, coalesce(text, '') AS text`;
    return `SELECT ${columns} FROM ${reader}`;
  });
}

function documents(source: DocumentFiles, resolve: ResolveFile): string {
  return unionAll(source.files, (file) => {
    const place = duckdbPath(resolve(file, source.format).path);
    return `SELECT ${duckdbText(file)} AS file, content AS text FROM read_text(${place})`;
  });
}

function values({ columns, rows }: Values): string {
  if (rows.length === 0) {
    const nulls = columns.map(
      ({ name, type }) => `${duckdbLiteral(null, type)} AS ${duckdbIdentifier(name)}`,
    );
    return `SELECT ${nulls.join(', ')} WHERE FALSE`;
  }
  const tuples = rows.map(
    (row) => `(${row.map((value, i) => duckdbLiteral(value, columns[i].type)).join(', ')})`,
  );
  return `SELECT * FROM (VALUES ${tuples.join(', ')}) AS v(${identifiers(columns)})`;
}

function table({ name, columns }: Table): string {
  return `SELECT ${identifiers(columns)} FROM ${duckdbIdentifier(name)}`;
}

function identifiers(columns: Schema): string {
  return columns.map((column) => duckdbIdentifier(column.name)).join(', ');
}

function unionAll(files: readonly string[], select: (file: string) => string): string {
  return files.map(select).join(' UNION ALL ');
}
