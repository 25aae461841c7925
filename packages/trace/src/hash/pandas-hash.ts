import { hashError } from './hash-errors.ts';
import { createSipHash24, type SipKey } from './siphash.ts';
import { finaliseSplitmix64 } from './splitmix64.ts';

/** A column of keys. Integers come as u64 or i64 words, low word first: both hash alike. */
export type KeyColumn =
  | { readonly type: 'integer'; readonly words: Uint32Array; readonly isNull?: RowTest }
  | { readonly type: 'float'; readonly values: Float64Array; readonly isNull?: RowTest }
  | { readonly type: 'text'; readonly values: readonly (string | null)[] };

/** True for a row without a value. */
export type RowTest = (row: number) => boolean;

/**
 * The 64-bit hashes of `pandas.util.hash_pandas_object(column, index=False)`, under its default key.
 *
 * Integers: SplitMix64's finaliser. Floats: the same of the IEEE bits, −0 as 0, NaN as the quiet one. Text: SipHash-2-4 of
 * the UTF-8 bytes, then the finaliser. A row without a value: all ones.
 *
 * @param out - Two words a row, low word first; a `BigUint64Array` over the same buffer reads them.
 * @throws WavetuneError `hash.short-output`.
 */
export function hashLikePandas(column: KeyColumn, out: Uint32Array): void {
  const rows = column.type === 'integer' ? column.words.length / 2 : column.values.length;
  if (out.length < 2 * rows) {
    throw hashError('hash.short-output', { words: out.length, needed: 2 * rows });
  }
  if (column.type === 'text') {
    hashText(column.values, out);
    return;
  }
  const words =
    column.type === 'integer' ? column.words : new Uint32Array(normalised(column.values).buffer);
  const x = { lo: 0, hi: 0 };
  for (let row = 0; row < rows; row++) {
    if (column.isNull?.(row)) {
      writeNull(out, row);
      continue;
    }
    x.lo = words[2 * row];
    x.hi = words[2 * row + 1];
    finaliseSplitmix64(x);
    out[2 * row] = x.lo;
    out[2 * row + 1] = x.hi;
  }
}

/** `0123456789123456`, pandas' default hash key, as little-endian words. */
const PANDAS_KEY: SipKey = [0x3332_3130, 0x3736_3534, 0x3231_3938, 0x3635_3433];

function hashText(values: readonly (string | null)[], out: Uint32Array): void {
  const encoder = new TextEncoder();
  const sipHash = createSipHash24(PANDAS_KEY);
  let utf8 = new Uint8Array(256);
  const x = { lo: 0, hi: 0 };
  for (let row = 0; row < values.length; row++) {
    const text = values[row];
    if (text === null) {
      writeNull(out, row);
      continue;
    }
    const atMost = 3 * text.length;
    if (utf8.length < atMost) utf8 = new Uint8Array(2 * atMost);
    sipHash(utf8, writeUtf8(encoder, text, utf8), x);
    finaliseSplitmix64(x);
    out[2 * row] = x.lo;
    out[2 * row + 1] = x.hi;
  }
}

/** ASCII by hand: for the short keys of a log that is several times faster than a call of the encoder. */
function writeUtf8(
  encoder: InstanceType<typeof TextEncoder>,
  text: string,
  buffer: Uint8Array,
): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return encoder.encodeInto(text, buffer).written;
    buffer[i] = code;
  }
  return text.length;
}

function normalised(values: Float64Array): Float64Array<ArrayBuffer> {
  const copy = Float64Array.from(values);
  const words = new Uint32Array(copy.buffer);
  for (let row = 0; row < copy.length; row++) {
    if (copy[row] === 0) copy[row] = 0;
    if (!Number.isNaN(copy[row])) continue;
    words[2 * row] = 0;
    words[2 * row + 1] = 0x7ff8_0000;
  }
  return copy;
}

function writeNull(out: Uint32Array, row: number): void {
  out[2 * row] = 0xffff_ffff;
  out[2 * row + 1] = 0xffff_ffff;
}
