/** Bytes that are written one behind the other. */
export interface ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  at: number;
}

export function newByteWriter(sizeBytes: number): ByteWriter {
  const bytes = new Uint8Array(sizeBytes);
  return { bytes, view: new DataView(bytes.buffer), at: 0 };
}

/** Makes room for so many more. */
export function reserve(writer: ByteWriter, moreBytes: number): void {
  const needed = writer.at + moreBytes;
  if (needed <= writer.bytes.length) return;
  const bytes = new Uint8Array(Math.max(needed, 2 * writer.bytes.length));
  bytes.set(writer.bytes);
  writer.bytes = bytes;
  writer.view = new DataView(bytes.buffer);
}

/** A whole number in `[0, 2^32)` in 7 bits a byte, the low ones first, in at most {@link WORD_BYTES}; there has to be room. */
export function putWord(writer: ByteWriter, value: number): void {
  const { bytes } = writer;
  let rest = value;
  while (rest > 0x7f) {
    bytes[writer.at++] = rest | 0x80;
    rest >>>= 7;
  }
  bytes[writer.at++] = rest;
}

/** As {@link putWord}, in `[0, 2^53)`; at most 8 bytes. */
export function putWhole(writer: ByteWriter, value: number): void {
  let rest = value;
  while (rest >= 2 ** 31) {
    writer.bytes[writer.at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  putWord(writer, rest);
}

export const WORD_BYTES = 5;

export function putFloat(writer: ByteWriter, value: number): void {
  writer.view.setFloat64(writer.at, value, true);
  writer.at += 8;
}

/** Bytes that are read one behind the other. */
export interface ByteReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

export function newByteReader({ buffer, byteOffset, byteLength }: ArrayBufferView): ByteReader {
  return {
    bytes: new Uint8Array(buffer, byteOffset, byteLength),
    view: new DataView(buffer, byteOffset, byteLength),
    at: 0,
  };
}

/** What {@link putWord} or {@link putWhole} put. @throws TypeError where the bytes end before it does. */
export function takeWhole(reader: ByteReader): number {
  const { bytes } = reader;
  let byte = bytes[reader.at++];
  let value = byte & 0x7f;
  for (let scale = 128; byte > 0x7f; scale *= 128) {
    byte = bytes[reader.at++];
    value += (byte & 0x7f) * scale;
  }
  if (byte === undefined) throw new TypeError('a number that is cut short');
  return value;
}

/** What {@link putFloat} put. @throws TypeError where the bytes end before it does. */
export function takeFloat(reader: ByteReader): number {
  reader.at += 8;
  if (reader.at > reader.bytes.length) throw new TypeError('a number that is cut short');
  return reader.view.getFloat64(reader.at - 8, true);
}

/** A whole number in `[-2^31, 2^31)` as one in `[0, 2^32)`, near 0 where it is near 0. */
export function folded(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

export function unfolded(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}
