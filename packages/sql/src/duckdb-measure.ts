import type { Schema, Type } from '@wavetune/ir';
import { duckdbIdentifier, duckdbPath, duckdbText, duckdbTypeName } from './duckdb-spelling.ts';

/**
 * Holds the query's rows, in their order, under `name` until the connection ends; each column as its type says, since
 * DuckDB forgets the type of what it knows to be null.
 */
export function stageAs(query: string, name: string, columns: Schema): string {
  return `CREATE TEMP TABLE ${duckdbIdentifier(name)} AS ${typed(query, columns)}`;
}

function typed(query: string, columns: Schema): string {
  const casts = columns.map((column) => {
    const name = duckdbIdentifier(column.name);
    return `CAST(${name} AS ${duckdbTypeName(column.type)}) AS ${name}`;
  });
  return casts.length === 0 ? query : `SELECT ${casts.join(', ')} FROM (${query})`;
}

/** Gives back what {@link stageAs} holds. */
export function dropStage(name: string): string {
  return `DROP TABLE temp.${duckdbIdentifier(name)}`;
}

/**
 * A row a row group and column of a Parquet file, from its footer, groups in order: number of the group, its rows, the
 * column's path, its lowest and highest value as text, its nulls and distinct values where the writer said them, and the
 * column's bytes in the file.
 */
export function parquetFooterOf(path: string): string {
  const columns = [
    'row_group_id',
    'row_group_num_rows',
    'path_in_schema',
    'stats_min_value',
    'stats_max_value',
    'stats_null_count',
    'stats_distinct_count',
    'total_compressed_size',
  ];
  const order = 'row_group_id, column_id';
  return `SELECT ${columns.join(', ')} FROM parquet_metadata(${duckdbPath(path)}) ORDER BY ${order}`;
}

/**
 * One row: the rows of `query`, then for each of `varying` the bytes of all its values (text its UTF-8, a list its elements,
 * a struct its fields; 1 a bool, 8 a number), 0 where there are none; then, so that they are computed too, the values of
 * `others` that are not null. Its columns are f64, `c0` and so on.
 */
export function widthsOf(query: string, varying: Schema, others: Schema): string {
  const widths = varying.map(
    ({ name, type }) => `coalesce(sum(${widthOf(duckdbIdentifier(name), type, 0)}), 0)`,
  );
  const counts = others.map(({ name }) => `count(${duckdbIdentifier(name)})`);
  const values = ['count(*)', ...widths, ...counts].map((value, i) => `${value}::DOUBLE AS c${i}`);
  return `SELECT ${values.join(', ')} FROM (${typed(query, [...varying, ...others])})`;
}

function widthOf(value: string, type: Type, depth: number): string {
  switch (type.kind) {
    case 'text':
      return `strlen(${value})`;
    case 'list': {
      const item = `x${depth}`;
      const inner = widthOf(item, type.item, depth + 1);
      return type.item.kind === 'text' || type.item.kind === 'list' || type.item.kind === 'struct'
        ? `coalesce(list_sum(list_transform(${value}, lambda ${item}: coalesce(${inner}, 0))), 0)`
        : `len(${value}) * ${inner}`;
    }
    case 'struct': {
      const fields = type.fields.map((field) => {
        const part = `struct_extract(${value}, ${duckdbText(field.name)})`;
        return `coalesce(${widthOf(part, field.type, depth)}, 0)`;
      });
      return fields.length === 0 ? '0' : `(${fields.join(' + ')})`;
    }
    case 'bool':
      return '1';
    default:
      return '8';
  }
}
