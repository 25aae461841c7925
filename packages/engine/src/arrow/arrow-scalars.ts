import type { Data, TypeMap } from 'apache-arrow';

type AnyData = Data<TypeMap[keyof TypeMap]>;

export type NullTest = (row: number) => boolean;

/** Whether a row is null, off Arrow's validity bits (bit set = valid). */
export function arrowNullTest({ nullBitmap, offset, nullCount }: AnyData): NullTest {
  if (nullCount === 0 || nullBitmap === undefined || nullBitmap.length === 0) return neverNull;
  return (row) => !bitAt(nullBitmap, offset + row);
}

export function decodeBools(data: AnyData, isNull: NullTest): readonly (boolean | null)[] {
  const { length, offset } = data;
  const bits: Uint8Array = data.values;
  return Array.from({ length }, (_, row) => (isNull(row) ? null : bitAt(bits, offset + row)));
}

export function decodeTexts(data: AnyData, isNull: NullTest): readonly (string | null)[] {
  const { length, valueOffsets } = data;
  const { buffer, byteOffset, byteLength }: Uint8Array = data.values;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return Array.from({ length }, (_, row) =>
    isNull(row)
      ? null
      : bytes.toString('utf8', Number(valueOffsets[row]), Number(valueOffsets[row + 1])),
  );
}

function bitAt(bits: Uint8Array, at: number): boolean {
  return ((bits[at >>> 3] >>> (at & 7)) & 1) === 1;
}

function neverNull(): boolean {
  return false;
}
