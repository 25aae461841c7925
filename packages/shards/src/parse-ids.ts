import { grownUint32 } from '@wavetune/interning';

/** Ids as they were read: pairs (low, high). */
export interface IdWords {
  words: Uint32Array;
  length: number;
}

const [COMMA, ZERO, NINE, QUOTE, SPACE, OPEN, CLOSE] = Array.from(',09" []', (c) =>
  c.charCodeAt(0),
);
const LOWER_DIGITS = 10;
/** Digits of a number that a double holds exactly. */
const EXACT_DIGITS = 15;
const MOST_DIGITS = 20;
const WORD = 2 ** 32;
/** 10^10 = 2 × 2^32 + REST. */
const REST = 10 ** 10 - 2 * WORD;
const LARGEST_HIGH = 1_844_674_407;

/**
 * Reads u64 ids in decimal, commas between them, into `into`. Also as JSON lists hold them (`[1,"2", 3]`), which is how an
 * engine without a serialiser of its own writes an array.
 *
 * Cost: a few instructions a digit, nothing allocated.
 *
 * @returns What is wrong with them, or nothing.
 */
export function parseIds(
  bytes: Uint8Array,
  begin: number,
  end: number,
  into: IdWords,
): string | undefined {
  into.length = 0;
  let at = begin;
  while (at < end) {
    const byte = bytes[at];
    if (byte >= ZERO && byte <= NINE) {
      const after = endOfDigits(bytes, at, end);
      into.words = grownUint32(into.words, 2 * (into.length + 1));
      if (!putId(bytes, at, after, into)) return 'an id is larger than 2^64 − 1';
      at = after;
    } else if (isAround(byte)) {
      at++;
    } else {
      return 'ids hold something else than whole numbers from 0 to 2^64 − 1';
    }
  }
  return undefined;
}

function isAround(byte: number): boolean {
  return byte === COMMA || byte === QUOTE || byte === SPACE || byte === OPEN || byte === CLOSE;
}

function endOfDigits(bytes: Uint8Array, begin: number, end: number): number {
  let at = begin;
  while (at < end && bytes[at] >= ZERO && bytes[at] <= NINE) at++;
  return at;
}

function putId(bytes: Uint8Array, begin: number, end: number, into: IdWords): boolean {
  if (end - begin <= EXACT_DIGITS) {
    const value = numberAt(bytes, begin, end);
    put(into, value >>> 0, Math.floor(value / WORD));
    return true;
  }
  let first = begin;
  while (first < end && bytes[first] === ZERO) first++;
  if (end - first > MOST_DIGITS) return false;
  const cut = Math.max(first, end - LOWER_DIGITS);
  return putWide(numberAt(bytes, first, cut), numberAt(bytes, cut, end), into);
}

/** `high × 10^10 + low` in two words, with no product above 2^53. */
function putWide(high: number, low: number, into: IdWords): boolean {
  if (high > LARGEST_HIGH) return false;
  const upper = (high >>> 16) * REST;
  const lower = (upper % 65_536) * 65_536 + (high & 0xffff) * REST + low;
  const highWord = 2 * high + Math.floor(upper / 65_536) + Math.floor(lower / WORD);
  if (highWord >= WORD) return false;
  put(into, lower >>> 0, highWord);
  return true;
}

function put(into: IdWords, low: number, high: number): void {
  into.words[2 * into.length] = low;
  into.words[2 * into.length + 1] = high;
  into.length++;
}

function numberAt(bytes: Uint8Array, begin: number, end: number): number {
  let value = 0;
  for (let at = begin; at < end; at++) value = 10 * value + bytes[at] - ZERO;
  return value;
}
