import type { Field, Type } from '@wavetune/ir';
import { typeName } from '@wavetune/ir';
import { type Data, DataType, type Dictionary, type TypeMap } from 'apache-arrow';
import { engineError } from '../engine-errors.ts';
import { gather } from '../gather.ts';
import type { IntegerVector, ListVector, Vector } from '../vector.ts';
import { arrowNullTest, decodeBools, decodeTexts, type NullTest } from './arrow-scalars.ts';

/**
 * How a list or a struct is null: by Arrow's own bits, or, from an engine whose lists and structs cannot be null, `flagged`:
 * as a struct of a number, 0 for null, and the value.
 */
export type Absence = 'bits' | 'flagged';

type AnyData = Data<TypeMap[keyof TypeMap]>;

/** Views a column of a record batch as the plan types it; integers of every width, and decimals without fraction, are wide. */
export function arrowVector(data: AnyData | undefined, field: Field, absence: Absence): Vector {
  if (data === undefined) throw unexpected(field, 'no column');
  if (data.length === 0 || DataType.isNull(data.type)) return nothing(data.length, field.type);
  if (DataType.isDictionary(data.type)) return fromDictionary(data, field, absence);
  const { type } = field;
  const isNull = arrowNullTest(data);
  switch (type.kind) {
    case 'f64':
      return { kind: 'f64', values: floats(data, field), isNull };
    case 'u64': {
      const values = new BigUint64Array(...memoryOf(wide(data, field)));
      return integers('u64', values, isNull);
    }
    case 'i64':
      return integers('i64', wide(data, field), isNull);
    case 'text':
      if (!isText(data.type)) throw unexpected(field, `${data.type}`);
      return { kind: 'text', values: decodeTexts(data, isNull), isNull };
    case 'bool':
      return { kind: 'bool', values: decodeBools(data, isNull), isNull };
    default:
      return compound(data, field, absence);
  }
}

function compound(data: AnyData, field: Field, absence: Absence): Vector {
  const { type } = field;
  const isFlagged = absence === 'flagged';
  const value = isFlagged ? data.children[1] : data;
  const isNull = isFlagged ? flagTest(data, field) : arrowNullTest(data);
  if (type.kind === 'list' && value !== undefined && DataType.isList(value.type)) {
    const item = { name: `${field.name}[]`, type: type.item };
    return list(value, arrowVector(value.children[0], item, absence), isNull);
  }
  if (type.kind === 'struct' && value !== undefined && DataType.isStruct(value.type)) {
    const fields = type.fields.map((part, i) => ({
      name: part.name,
      vector: arrowVector(value.children[i], part, absence),
    }));
    return { kind: 'struct', fields, isNull };
  }
  throw unexpected(field, `${data.type}`);
}

function flagTest(data: AnyData, field: Field): NullTest {
  const flags: unknown = data.children[0]?.values;
  if (!(flags instanceof Uint8Array)) throw unexpected(field, `${data.type}`);
  return (row) => flags[row] === 0;
}

/** Offsets as they are where every row's elements follow on one another from the first, and no null row has any. */
function list({ valueOffsets, length }: AnyData, child: Vector, isNull: NullTest): ListVector {
  const offsets = new Uint32Array(length + 1);
  let isPlain = valueOffsets[0] === 0;
  for (let row = 0; row < length; row++) {
    const size = isNull(row) ? 0 : valueOffsets[row + 1] - valueOffsets[row];
    offsets[row + 1] = offsets[row] + size;
    isPlain &&= offsets[row + 1] === valueOffsets[row + 1];
  }
  if (isPlain) return { kind: 'list', offsets, child, isNull };
  const picks = new Uint32Array(offsets[length]);
  for (let row = 0; row < length; row++) {
    for (let i = offsets[row]; i < offsets[row + 1]; i++) {
      picks[i] = valueOffsets[row] + i - offsets[row];
    }
  }
  return { kind: 'list', offsets, child: gather(child, picks), isNull };
}

function integers<Kind, Values extends BigInt64Array | BigUint64Array>(
  kind: Kind,
  values: Values,
  isNull: NullTest,
): IntegerVector<Kind, Values> {
  return { kind, values, words: new Uint32Array(...wordsOf(values)), isNull };
}

function memoryOf({ buffer, byteOffset, length }: BigInt64Array) {
  return [buffer, byteOffset, length] as const;
}

function wordsOf({ buffer, byteOffset, length }: BigInt64Array | BigUint64Array) {
  return [buffer, byteOffset, 2 * length] as const;
}

/** The 64 bits of each integer; of a decimal of 128 bits the low half. */
function wide(data: AnyData, field: Field): BigInt64Array {
  const { type, length } = data;
  const values: unknown = data.values;
  if (values instanceof BigInt64Array) return values.subarray(0, length);
  if (values instanceof BigUint64Array) {
    return new BigInt64Array(values.buffer, values.byteOffset, length);
  }
  if (DataType.isDecimal(type) && type.scale === 0 && values instanceof Uint32Array) {
    const low = new Uint32Array(2 * length);
    const step = values.length / length;
    for (let row = 0; row < length; row++) {
      low[2 * row] = values[step * row];
      low[2 * row + 1] = values[step * row + 1];
    }
    return new BigInt64Array(low.buffer);
  }
  if (DataType.isInt(type)) {
    return BigInt64Array.from({ length }, (_, row) => BigInt(Number(data.values[row])));
  }
  throw unexpected(field, `${type}`);
}

function floats(data: AnyData, field: Field): Float64Array {
  const values: unknown = data.values;
  if (values instanceof Float64Array) return values.subarray(0, data.length);
  if (values instanceof Float32Array) return Float64Array.from(values.subarray(0, data.length));
  throw unexpected(field, `${data.type}`);
}

function fromDictionary(data: AnyData, field: Field, absence: Absence): Vector {
  const codes = data as Data<Dictionary>;
  const isNull = arrowNullTest(data);
  const [words] = codes.dictionary?.data ?? [];
  const picks = Uint32Array.from({ length: data.length }, (_, row) =>
    isNull(row) ? 0 : Number(codes.values[row]),
  );
  return { ...gather(arrowVector(words, field, absence), picks), isNull };
}

function nothing(rows: number, type: Type): Vector {
  const isNull = (): boolean => true;
  switch (type.kind) {
    case 'f64':
      return { kind: 'f64', values: new Float64Array(rows), isNull };
    case 'u64':
      return integers('u64', new BigUint64Array(rows), isNull);
    case 'i64':
      return integers('i64', new BigInt64Array(rows), isNull);
    case 'text':
      return { kind: 'text', values: new Array(rows).fill(null), isNull };
    case 'bool':
      return { kind: 'bool', values: new Array(rows).fill(null), isNull };
    case 'list':
      return {
        kind: 'list',
        offsets: new Uint32Array(rows + 1),
        child: nothing(0, type.item),
        isNull,
      };
    case 'struct': {
      const fields = type.fields.map((f) => ({ name: f.name, vector: nothing(rows, f.type) }));
      return { kind: 'struct', fields, isNull };
    }
  }
}

function isText(type: DataType): boolean {
  return (
    DataType.isUtf8(type) ||
    DataType.isLargeUtf8(type) ||
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type)
  );
}

function unexpected({ name, type }: Field, found: string) {
  return engineError('engine.unexpected-result', { column: name, found, wanted: typeName(type) });
}
