import { crc32 } from 'node:zlib';

/**
 * The log's unit: what one fsync made durable, some records under one checksum.
 *
 * `magic "WTF1" | body bytes u32 | crc32 u32 | sequence u64 | records u32 | body`, little-endian; the body is each
 * record's length as u32 and its bytes; the checksum covers sequence, count and body.
 *
 * A checksum a group, and not one a record: a disk that loses power may keep any of a group's sectors, so a torn group can
 * hold a whole record behind a torn one. A torn frame has nothing behind it, because the next one is written only when it
 * is durable. So a whole frame behind a bad one proves damage.
 */
export interface Frame {
  /** One more than the frame before; a frame without records may skip some, which were lost and given up. */
  readonly sequence: number;
  readonly records: readonly Uint8Array[];
}

/** A frame and where it ends. */
export interface PlacedFrame {
  readonly frame: Frame;
  readonly endBytes: number;
}

export const FRAME_MAGIC = Buffer.from('WTF1', 'latin1');
const HEADER_BYTES = 24;
const CHECKED_FROM = 12;

/** Of a body; chosen: far above any batch, and far below what one read should hold. */
export const FRAME_LIMIT_BYTES = 64 * 2 ** 20;

/** True where `frame` may stand behind the frame `last`. */
export function follows({ sequence, records }: Frame, last: number): boolean {
  return sequence === last + 1 || (records.length === 0 && sequence > last);
}

/** How much of a frame's body a record takes. */
export function recordBytes(record: Uint8Array): number {
  return 4 + record.length;
}

export function encodeFrame({ sequence, records }: Frame): Buffer {
  const bodyBytes = records.reduce((sum, record) => sum + recordBytes(record), 0);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + bodyBytes);
  FRAME_MAGIC.copy(bytes);
  bytes.writeUInt32LE(bodyBytes, 4);
  bytes.writeBigUInt64LE(BigInt(sequence), CHECKED_FROM);
  bytes.writeUInt32LE(records.length, 20);
  let at = HEADER_BYTES;
  for (const record of records) {
    bytes.writeUInt32LE(record.length, at);
    bytes.set(record, at + 4);
    at += recordBytes(record);
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(CHECKED_FROM)), 8);
  return bytes;
}

/** The frame that begins at `offsetBytes`, or why there is none. Its records are views of `bytes`. */
export function decodeFrame(bytes: Buffer, offsetBytes: number): PlacedFrame | string {
  if (bytes.length - offsetBytes < HEADER_BYTES) return 'it ends inside a header';
  if (FRAME_MAGIC.compare(bytes, offsetBytes, offsetBytes + 4) !== 0) return 'no record begins';
  const bodyBytes = bytes.readUInt32LE(offsetBytes + 4);
  const endBytes = offsetBytes + HEADER_BYTES + bodyBytes;
  if (endBytes > bytes.length) return 'it ends inside a record';
  if (
    crc32(bytes.subarray(offsetBytes + CHECKED_FROM, endBytes)) !==
    bytes.readUInt32LE(offsetBytes + 8)
  ) {
    return 'a checksum does not hold';
  }
  const records: Uint8Array[] = [];
  for (let at = offsetBytes + HEADER_BYTES; at < endBytes; ) {
    const length = bytes.readUInt32LE(at);
    records.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const sequence = Number(bytes.readBigUInt64LE(offsetBytes + CHECKED_FROM));
  return { frame: { sequence, records }, endBytes };
}
