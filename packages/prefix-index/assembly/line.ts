import { fieldLength, fieldNamed } from './fields';
import { readNumber, readWhole } from './number';

/** The fields of an event; texts first. */
export const PREFIX: u32 = 0;
export const TENANT: u32 = 1;
export const MODEL: u32 = 2;
export const PARENT: u32 = 3;
export const LAYER: u32 = 4;
export const PAGE_START: u32 = 5;
export const PAGE_END: u32 = 6;
export const BYTES: u32 = 7;
export const TIME: u32 = 8;
export const LATENCY: u32 = 9;
export const TOKENS: u32 = 10;
export const PREFILL: u32 = 11;
const FIELDS: u32 = 12;
/** Of a key that events do not have. */
const OTHER: u32 = FIELDS;

/** What stands in every line: all but these may be left out, or null. */
const REQUIRED: u32 =
  (1 << PREFIX) |
  (1 << TENANT) |
  (1 << MODEL) |
  (1 << LAYER) |
  (1 << PAGE_START) |
  (1 << PAGE_END) |
  (1 << BYTES) |
  (1 << TIME);

/** By field: its number, or where its text stands and how long it is. */
const VALUES: usize = memory.data(13 * 8, 8);

/**
 * By place in a line: what stood between the values before and behind it the last time, `,"tenant":`, which is likely what stands
 * there now. Its bytes, their count, a bit for each of them, the field. At first 32 bytes of 0, before which is no value.
 */
const PLACE_BYTES: usize = 80;
const PLACES: usize = memory.data(32 * 80, 16);
const LAST_PLACE: usize = PLACES + 31 * PLACE_BYTES;
const MOST_BETWEEN: usize = 32;
const BETWEEN_BITS: usize = 32;
const BETWEEN_LENGTH: usize = 64;
const BETWEEN_FIELD: usize = 68;
for (let place = PLACES; place <= LAST_PLACE; place += PLACE_BYTES) {
  memory.fill(place + BETWEEN_BITS, 0xff, MOST_BETWEEN);
}

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN: u8 = 0x7b;
const CLOSE: u8 = 0x7d;

let has: u32 = 0;
let wide: u32 = 0;
/** The field that {@link readKey} found. */
let keyField: u32 = 0;

export function numberOf(field: u32): f64 {
  return load<f64>(VALUES + ((<usize>field) << 3));
}

export function textAt(field: u32): usize {
  return <usize>load<u32>(VALUES + ((<usize>field) << 3));
}

export function textLength(field: u32): u32 {
  return load<u32>(VALUES + ((<usize>field) << 3), 4);
}

export function hasField(field: u32): bool {
  return (has & (1 << field)) !== 0;
}

/** Whether any text so far holds something else than ASCII. */
export function isWide(): u32 {
  return wide;
}

/**
 * Reads a line that holds an event in plain JSON: no escapes, no nesting, no key twice, values of the kind that they
 * should be.
 *
 * @returns Where the next line begins, or 0 for a line that is anything else.
 */
export function readLine(at: usize, end: usize): usize {
  has = 0;
  let named: u32 = 0;
  for (let place = PLACES; ; place = min(place + PLACE_BYTES, LAST_PLACE)) {
    let field = load<u32>(place, BETWEEN_FIELD);
    if (standsAt(at, place)) {
      at += <usize>load<u32>(place, BETWEEN_LENGTH);
    } else {
      at = place === PLACES ? at : blanksEnd(at);
      if (load<u8>(at) === CLOSE) break;
      at = readKey(at, place);
      if (at === 0) return 0;
      field = keyField;
    }
    const bit = (1 << field) & ((1 << FIELDS) - 1);
    if ((named & bit) !== 0) return 0;
    named |= bit;
    at = readValue(at, field);
    if (at === 0) return 0;
  }
  if ((has & REQUIRED) !== REQUIRED) return 0;
  at = blanksEnd(at + 1);
  if (at < end && load<u8>(at) === 0x0d) at++;
  if (at === end) return at;
  return load<u8>(at) === 0x0a ? at + 1 : 0;
}

/** Whether what is expected at a place stands here. */
function standsAt(at: usize, place: usize): bool {
  if (differ(v128.load(at), v128.load(place), v128.load(place, BETWEEN_BITS))) return false;
  return (
    load<u32>(place, BETWEEN_LENGTH) <= 16 ||
    !differ(v128.load(at, 16), v128.load(place, 16), v128.load(place, BETWEEN_BITS + 16))
  );
}

function differ(one: v128, other: v128, where: v128): bool {
  return v128.any_true(v128.and(v128.xor(one, other), where));
}

/** Reads what stands before a value, from the brace or comma on, and expects it there from now on. @returns Where the value is, or 0. */
function readKey(at: usize, place: usize): usize {
  const start = at;
  if (load<u8>(at) !== (place === PLACES ? OPEN : COMMA)) return 0;
  at = blanksEnd(at + 1);
  if (load<u8>(at) !== QUOTE) return 0;
  at++;
  keyField = fieldNamed(at, OTHER);
  at = keyField === OTHER ? otherTextEnd(at) : at + fieldLength(keyField);
  if (at === 0) return 0;
  at = blanksEnd(at + 1);
  if (load<u8>(at) !== COLON) return 0;
  at = blanksEnd(at + 1);
  const length = at - start;
  if (length <= MOST_BETWEEN) {
    memory.copy(place, start, length);
    store<u32>(place, <u32>length, BETWEEN_LENGTH);
    memory.fill(place + BETWEEN_BITS, 0, MOST_BETWEEN);
    memory.fill(place + BETWEEN_BITS, 0xff, length);
    store<u32>(place, keyField, BETWEEN_FIELD);
  }
  return at;
}

/** @returns Where the value ends, or 0. */
function readValue(at: usize, field: u32): usize {
  const value = VALUES + ((<usize>field) << 3);
  if (field <= PARENT) {
    if (load<u8>(at) === QUOTE) {
      const end = textEnd(at + 1);
      if (end === 0 || end === at + 1) return 0;
      store<u32>(value, <u32>(at + 1));
      store<u32>(value, <u32>(end - at - 1), 4);
      has |= 1 << field;
      return end + 1;
    }
    return field === PARENT ? nullEnd(at) : 0;
  }
  if (field === LAYER) {
    has |= 1 << field;
    if (load<u8>(at) !== QUOTE) return readWhole(at, value);
    const end = readWhole(at + 1, value);
    return end !== 0 && load<u8>(end) === QUOTE ? end + 1 : 0;
  }
  if (field === OTHER) return otherEnd(at);
  if (load<u8>(at) === 0x6e) return field >= LATENCY ? nullEnd(at) : 0;
  has |= 1 << field;
  return readNumber(at, value);
}

/** Where a text's quote is, or 0 where it holds an escape or ends nowhere. */
function textEnd(at: usize): usize {
  let bytes = v128.load(at);
  let stops = stopsIn(bytes);
  while (stops === 0) {
    wide |= i8x16.bitmask(bytes);
    at += 16;
    bytes = v128.load(at);
    stops = stopsIn(bytes);
  }
  const first = ctz(stops);
  wide |= i8x16.bitmask(bytes) & ((1 << first) - 1);
  at += first;
  return load<u8>(at) === QUOTE ? at : 0;
}

/** Quotes, backslashes and controls, a bit each. */
function stopsIn(bytes: v128): i32 {
  const ends = v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c)));
  return i8x16.bitmask(v128.or(ends, i8x16.lt_u(bytes, i8x16.splat(0x20))));
}

/** As {@link textEnd}, for texts that nobody looks at: ASCII only. */
function otherTextEnd(at: usize): usize {
  const before = wide;
  wide = 0;
  const end = textEnd(at);
  const isPlain = wide === 0;
  wide = before;
  return isPlain ? end : 0;
}

/** The end of a value that nobody looks at. */
function otherEnd(at: usize): usize {
  const first = load<u8>(at);
  if (first === QUOTE) {
    const end = otherTextEnd(at + 1);
    return end === 0 ? 0 : end + 1;
  }
  if (first === 0x6e) return nullEnd(at);
  if (load<u32>(at) === 0x65757274) return at + 4;
  if (first === 0x66 && load<u32>(at, 1) === 0x65736c61) return at + 5;
  return readNumber(at, VALUES + ((<usize>OTHER) << 3));
}

function nullEnd(at: usize): usize {
  return load<u32>(at) === 0x6c6c756e ? at + 4 : 0;
}

function blanksEnd(at: usize): usize {
  while (load<u8>(at) === 0x20) at++;
  return at;
}
