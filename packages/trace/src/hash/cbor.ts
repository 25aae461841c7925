/** Major types of RFC 8949, section 3.1, shifted into place. */
export const CBOR_MAJOR = {
  unsigned: 0x00,
  negative: 0x20,
  bytes: 0x40,
  text: 0x60,
  array: 0x80,
} as const;

/** The one-byte encoding of null. */
export const CBOR_NULL = 0xf6;

/**
 * Writes the head of a data item in its shortest form, which is the canonical one (RFC 8949, section 4.2.1).
 *
 * @param major - One of {@link CBOR_MAJOR}.
 * @param argument - A u32: the value, or the length that follows.
 * @returns The offset after it.
 */
export function writeCborHead(
  buffer: Uint8Array,
  offset: number,
  major: number,
  argument: number,
): number {
  if (argument < 24) {
    buffer[offset] = major | argument;
    return offset + 1;
  }
  if (argument < 0x100) {
    buffer[offset] = major | 24;
    buffer[offset + 1] = argument;
    return offset + 2;
  }
  if (argument < 0x1_0000) {
    buffer[offset] = major | 25;
    buffer[offset + 1] = argument >>> 8;
    buffer[offset + 2] = argument;
    return offset + 3;
  }
  buffer[offset] = major | 26;
  buffer[offset + 1] = argument >>> 24;
  buffer[offset + 2] = argument >>> 16;
  buffer[offset + 3] = argument >>> 8;
  buffer[offset + 4] = argument;
  return offset + 5;
}

/** Canonical CBOR of text, whole numbers and lists of them: what a block hash takes in beside its tokens. */
export function encodeCbor(value: CborValue): Uint8Array {
  if (typeof value === 'string') {
    const utf8 = Buffer.from(value, 'utf8');
    return Buffer.concat([head(CBOR_MAJOR.text, utf8.length), utf8]);
  }
  if (typeof value === 'number') {
    return value < 0 ? head(CBOR_MAJOR.negative, -1 - value) : head(CBOR_MAJOR.unsigned, value);
  }
  return Buffer.concat([head(CBOR_MAJOR.array, value.length), ...value.map(encodeCbor)]);
}

/** Numbers are integers in [−2^32, 2^32). */
export type CborValue = string | number | readonly CborValue[];

function head(major: number, argument: number): Uint8Array {
  const buffer = new Uint8Array(5);
  return buffer.subarray(0, writeCborHead(buffer, 0, major, argument));
}
