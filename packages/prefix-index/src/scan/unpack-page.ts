import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type CompressionCodec, snappyUncompress } from 'hyparquet';

/**
 * The bytes of a page, which are `sizeBytes`.
 *
 * @returns Undefined where it is not packed so, or has another size.
 */
export function unpacked(
  packed: Buffer,
  codec: CompressionCodec,
  sizeBytes: number,
): Uint8Array | undefined {
  try {
    const bytes = unpack(packed, codec, sizeBytes);
    return bytes?.length === sizeBytes ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function unpack(
  packed: Buffer,
  codec: CompressionCodec,
  sizeBytes: number,
): Uint8Array | undefined {
  // One piece of memory takes all: one that is full would be followed by another.
  const options = { maxOutputLength: Math.max(1, sizeBytes), chunkSize: sizeBytes + 64 };
  switch (codec) {
    case 'UNCOMPRESSED':
      return packed;
    case 'SNAPPY':
      return unpackSnappy(packed, sizeBytes);
    case 'ZSTD':
      return zstdDecompressSync(packed, options);
    case 'GZIP':
      return gunzipSync(packed, options);
    case 'BROTLI':
      return brotliDecompressSync(packed, options);
    default:
      return undefined;
  }
}

/** The size stands before the bytes too, which the library passes over. */
function unpackSnappy(packed: Buffer, sizeBytes: number): Uint8Array | undefined {
  let told = 0;
  for (let i = 0; i < 5; i++) {
    told += (packed[i] & 127) * 128 ** i;
    if (packed[i] < 128) break;
  }
  if (told !== sizeBytes) return undefined;
  const bytes = new Uint8Array(sizeBytes);
  snappyUncompress(packed, bytes);
  return bytes;
}
