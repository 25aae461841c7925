import { DuckDBListVector, DuckDBStructVector, type DuckDBVector } from '@duckdb/node-api';
import type { Type } from '@wavetune/ir';
import { itemsOf, nullTest } from './duckdb-memory.ts';
import { gather } from './gather.ts';
import type { IntegerVector, Vector } from './vector.ts';

/** Views DuckDB's vector of `type`; typed arrays are not copied again, text is decoded here. */
export function toVector(vector: DuckDBVector, type: Type): Vector {
  switch (type.kind) {
    case 'f64':
      return {
        kind: 'f64',
        values: itemsOf(vector, Float64Array),
        isNull: nullTest(vector),
      };
    case 'u64':
      return integers('u64', itemsOf(vector, BigUint64Array), vector);
    case 'i64':
      return integers('i64', itemsOf(vector, BigInt64Array), vector);
    case 'text':
      return {
        kind: 'text',
        values: vector.toArray() as (string | null)[],
        isNull: nullTest(vector),
      };
    case 'bool':
      return {
        kind: 'bool',
        values: vector.toArray() as (boolean | null)[],
        isNull: nullTest(vector),
      };
    case 'list':
      return listVector(as(vector, DuckDBListVector), type.item);
    case 'struct': {
      const struct = as(vector, DuckDBStructVector);
      const fields = type.fields.map((field, i) => ({
        name: field.name,
        vector: toVector(struct.entryVectorAt(i), field.type),
      }));
      return { kind: 'struct', fields, isNull: (row) => !struct.isItemValid(row) };
    }
  }
}

function integers<Kind, Values extends BigInt64Array | BigUint64Array>(
  kind: Kind,
  values: Values,
  vector: DuckDBVector,
): IntegerVector<Kind, Values> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  return { kind, values, words, isNull: nullTest(vector) };
}

function listVector(list: DuckDBListVector, item: Type): Vector {
  const isNull = nullTest(list);
  const rows = list.itemCount;
  const offsets = new Uint32Array(rows + 1);
  let contiguous = true;
  for (let row = 0; row < rows; row++) {
    const lengthHere = isNull(row) ? 0 : list.getEntryLength(row);
    if (lengthHere > 0 && list.getEntryOffset(row) !== offsets[row]) contiguous = false;
    offsets[row + 1] = offsets[row] + lengthHere;
  }
  const child = toVector(list.childVector, item);
  if (contiguous) return { kind: 'list', offsets, child, isNull };
  const picks = new Uint32Array(offsets[rows]);
  for (let row = 0; row < rows; row++) {
    const from = isNull(row) ? 0 : list.getEntryOffset(row);
    for (let i = offsets[row]; i < offsets[row + 1]; i++) picks[i] = from + i - offsets[row];
  }
  return { kind: 'list', offsets, child: gather(child, picks), isNull };
}

function as<V extends DuckDBVector>(
  vector: DuckDBVector,
  kind: abstract new (...args: never[]) => V,
): V {
  if (vector instanceof kind) return vector;
  throw new Error(`DuckDB gave ${vector.type.toString()} where the plan has ${kind.name}`);
}
