import type { Schema, Type } from '@wavetune/ir';
import { duckdbIdentifier, duckdbText } from './duckdb-spelling.ts';

/** Holds the query's rows, in their order, under `name` until the connection ends. */
export function stageAs(query: string, name: string): string {
  return `CREATE TEMP TABLE ${duckdbIdentifier(name)} AS ${query}`;
}

/** Gives back what {@link stageAs} holds. */
export function dropStage(name: string): string {
  return `DROP TABLE temp.${duckdbIdentifier(name)}`;
}

/**
 * One row: the rows of `table`, then for each of `columns` the bytes of all its values (1 a bool, 8 a number, text its
 * UTF-8, a list its elements, a struct its fields), 0 where there are none.
 */
export function widthsOf(table: string, columns: Schema): string {
  const widths = columns.map(
    ({ name, type }) => `coalesce(sum(${widthOf(duckdbIdentifier(name), type, 0)}), 0)::DOUBLE`,
  );
  return `SELECT ${['count(*)::DOUBLE', ...widths].join(', ')} FROM ${duckdbIdentifier(table)}`;
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
