import { fieldLength, fieldNamed, isField } from './fields';
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
/** By place in a line: the field that stood there last, which is tried first. */
const EXPECTED: usize = memory.data(32);
const MOST_EXPECTED: u32 = 32;

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN: u8 = 0x7b;
const CLOSE: u8 = 0x7d;

let has: u32 = 0;
let wide: u32 = 0;

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
  if (load<u8>(at) !== OPEN) return 0;
  has = 0;
  let named: u32 = 0;
  let place: u32 = 0;
  for (;;) {
    at = blanksEnd(at + 1);
    if (load<u8>(at) !== QUOTE) return 0;
    at++;
    const field = fieldAt(at, place);
    if (field === OTHER) {
      at = otherTextEnd(at);
      if (at === 0) return 0;
    } else {
      if ((named & (1 << field)) !== 0) return 0;
      named |= 1 << field;
      at += fieldLength(field);
    }
    at = blanksEnd(at + 1);
    if (load<u8>(at) !== COLON) return 0;
    at = readValue(blanksEnd(at + 1), field);
    if (at === 0) return 0;
    at = blanksEnd(at);
    const next = load<u8>(at);
    if (next === CLOSE) break;
    if (next !== COMMA) return 0;
    place++;
  }
  if ((has & REQUIRED) !== REQUIRED) return 0;
  at = blanksEnd(at + 1);
  if (at < end && load<u8>(at) === 0x0d) at++;
  if (at === end) return at;
  return load<u8>(at) === 0x0a ? at + 1 : 0;
}

/** The field whose name begins here. */
function fieldAt(at: usize, place: u32): u32 {
  const slot = EXPECTED + min(place, MOST_EXPECTED - 1);
  const expected = <u32>load<u8>(slot);
  if (expected < FIELDS && isField(at, expected)) return expected;
  const found = fieldNamed(at, FIELDS);
  store<u8>(slot, <u8>found);
  return found;
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
