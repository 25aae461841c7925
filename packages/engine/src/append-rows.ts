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
import duckdb from '@duckdb/node-bindings';
import type { Type } from '@wavetune/ir';

/** A value to append: a number for f64, a bigint for i64 and u64, an array for a list. */
export type AppendValue = null | boolean | number | bigint | string | readonly AppendValue[];

/** Lists of f64 or i64, all of their items behind one another; list `i` ends before item `ends[i]`. None is null. */
export interface FlatLists {
  readonly ends: Uint32Array;
  readonly items: Float64Array | BigInt64Array;
}

/** Values of one column of a table; a `Float64Array` of f64, a `BigInt64Array` of i64 and flat lists of them are copied as they are. */
export interface AppendColumn {
  readonly type: Type;
  readonly values: ArrayLike<AppendValue> | FlatLists;
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
    const [{ values: first }] = columns;
    const rowCount = 'ends' in first ? first.ends.length : first.length;
    for (let from = 0; from < rowCount; from += CHUNK_ROWS) {
      const to = Math.min(rowCount, from + CHUNK_ROWS);
      chunk.reset();
      chunk.rowCount = to - from;
      for (const [place, column] of columns.entries())
        fillColumn(chunk, place, { column, from, to });
      appender.appendDataChunk(chunk);
      await otherWork();
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

interface Piece {
  readonly column: AppendColumn;
  readonly from: number;
  readonly to: number;
}

function fillColumn(chunk: DuckDBDataChunk, place: number, { column, from, to }: Piece): void {
  const { type, values } = column;
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, place);
  if ('ends' in values) {
    fillLists(vector, values, { from, to });
  } else if (values instanceof Float64Array && type.kind === 'f64') {
    copyInto(vector, values.subarray(from, to));
  } else if (values instanceof BigInt64Array && type.kind === 'i64') {
    copyInto(vector, values.subarray(from, to));
  } else if (type.kind === 'text') {
    fillTexts(vector, values, { from, to });
  } else {
    chunk.setColumnValues(place, valuesOf(values, from, to));
  }
}

type RawVector = ReturnType<typeof duckdb.data_chunk_get_vector>;

function fillLists(
  vector: RawVector,
  { ends, items }: FlatLists,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const base = from === 0 ? 0 : ends[from - 1];
  const count = ends[to - 1] - base;
  const entries = new BigUint64Array(2 * (to - from));
  let start = base;
  for (let row = from; row < to; row++) {
    entries[2 * (row - from)] = BigInt(start - base);
    entries[2 * (row - from) + 1] = BigInt(ends[row] - start);
    start = ends[row];
  }
  duckdb.list_vector_reserve(vector, count);
  duckdb.list_vector_set_size(vector, count);
  copyInto(duckdb.list_vector_get_child(vector), items.subarray(base, base + count));
  copyInto(vector, entries);
}

/** The client's own way makes a call a null. */
function fillTexts(
  vector: RawVector,
  values: ArrayLike<AppendValue>,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const isThere = new Uint8Array(8 * Math.ceil((to - from) / 64)).fill(0xff);
  let nulls = 0;
  for (let row = from; row < to; row++) {
    const value = values[row];
    if (value === null) {
      isThere[(row - from) >> 3] ^= 1 << ((row - from) & 7);
      nulls++;
    } else duckdb.vector_assign_string_element(vector, row - from, value as string);
  }
  if (nulls === 0) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, isThere.buffer, 0, isThere.byteLength);
}

function copyInto(vector: RawVector, values: Float64Array | BigInt64Array | BigUint64Array): void {
  const { buffer, byteOffset, byteLength } = values;
  duckdb.copy_data_to_vector(vector, 0, buffer as ArrayBuffer, byteOffset, byteLength);
}

function valuesOf(values: ArrayLike<AppendValue>, from: number, to: number): DuckDBValue[] {
  const slice: DuckDBValue[] = [];
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
