import type { Schema } from '@wavetune/ir';
import type { Chunk } from './chunk.ts';
import type { Vector } from './vector.ts';

/** A value of a row: i64 and u64 as bigint, f64 as number, lists as arrays, structs as objects. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Value[]
  | { readonly [name: string]: Value };

/** One row by column name. */
export type Row = Readonly<Record<string, Value>>;

/** All rows of a result as objects. */
export async function rowsOf(
  chunks: AsyncIterable<Chunk>,
  schema: Schema,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const { rowCount, columns } of chunks) {
    for (let at = 0; at < rowCount; at++) {
      const values = columns.map((vector, i) => [schema[i].name, valueAt(vector, at)] as const);
      rows.push(Object.fromEntries(values));
    }
  }
  return rows;
}

/** The value at `row`; convenient, and a hundred times slower than the typed arrays. */
export function valueAt(vector: Vector, row: number): Value {
  if (vector.isNull(row)) return null;
  switch (vector.kind) {
    case 'list': {
      const items: Value[] = [];
      for (let i = vector.offsets[row]; i < vector.offsets[row + 1]; i++) {
        items.push(valueAt(vector.child, i));
      }
      return items;
    }
    case 'struct':
      return Object.fromEntries(
        vector.fields.map(({ name, vector: of }) => [name, valueAt(of, row)]),
      );
    default:
      return vector.values[row];
  }
}
