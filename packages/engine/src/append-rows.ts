import { setImmediate as otherWork } from 'node:timers/promises';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  listValue,
  UBIGINT,
  VARCHAR,
} from '@duckdb/node-api';
import type { Type } from '@wavetune/ir';

/** A value to append: a number for f64, a bigint for i64 and u64, an array for a list. */
export type AppendValue = null | boolean | number | bigint | string | readonly AppendValue[];

/** Values of one column of a table. */
export interface AppendColumn {
  readonly type: Type;
  readonly values: ArrayLike<AppendValue>;
}

const CHUNK_ROWS = 2048;

/** Appends rows to a table, columns in its order; lets other work in after every chunk of 2048 rows. */
export async function appendRows(
  connection: DuckDBConnection,
  table: string,
  columns: readonly AppendColumn[],
): Promise<void> {
  const appender = await connection.createAppender(table);
  try {
    const chunk = DuckDBDataChunk.create(columns.map(({ type }) => duckdbType(type)));
    const rowCount = columns[0].values.length;
    for (let from = 0; from < rowCount; from += CHUNK_ROWS) {
      const to = Math.min(rowCount, from + CHUNK_ROWS);
      chunk.reset();
      chunk.setColumns(columns.map((column) => valuesOf(column, from, to)));
      appender.appendDataChunk(chunk);
      await otherWork();
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

function valuesOf({ type, values }: AppendColumn, from: number, to: number): DuckDBValue[] {
  const slice: DuckDBValue[] = [];
  if (type.kind !== 'list') {
    for (let row = from; row < to; row++) slice.push(values[row] as DuckDBValue);
    return slice;
  }
  for (let row = from; row < to; row++) slice.push(duckdbValue(values[row]));
  return slice;
}

function duckdbValue(value: AppendValue): DuckDBValue {
  return Array.isArray(value) ? listValue(value.map(duckdbValue)) : (value as DuckDBValue);
}

function duckdbType(type: Type): DuckDBType {
  switch (type.kind) {
    case 'bool':
      return BOOLEAN;
    case 'i64':
      return BIGINT;
    case 'u64':
      return UBIGINT;
    case 'f64':
      return DOUBLE;
    case 'text':
      return VARCHAR;
    case 'list':
      return LIST(duckdbType(type.item));
    case 'struct':
      throw new Error('rows with structs are not appended');
  }
}
