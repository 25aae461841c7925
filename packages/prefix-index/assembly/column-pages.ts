import { NO_NUMBER } from './column-kinds';
import { isOneRun, readRuns } from './column-runs';
import { readPlain } from './column-values';
import { LATENCY, MODEL, PARENT, PREFIX, TENANT } from './line';
import { allocate, free } from './memory';

/** By field: where its slots stand and how many bytes there are, the next of them; its kind; its dictionary, likewise, and
 * how many values that has; its page, likewise; the dictionary's page, likewise. */
const FIELD_COUNT: u32 = 12;
const FIELDS: usize = memory.data(12 * 64, 8);
const SLOTS: usize = 0;
const NEXT: usize = 8;
const KIND: usize = 12;
const DICTIONARY: usize = 16;
const KNOWN: usize = 24;
const PAGE: usize = 32;
const DICTIONARY_PAGE: usize = 40;

/** A column that is not there. */
const NO_KIND: u32 = 255;

/** Two rooms for numbers that runs hold: levels, and places in a dictionary. */
const LEVELS: usize = memory.data(8, 8);
const PLACES: usize = memory.data(8, 8);

function fieldOf(field: u32): usize {
  return FIELDS + ((<usize>field) << 6);
}

/** A block of at least `bytes`, which stands in a room; what the room held is not kept. */
function roomFor(room: usize, bytes: usize): usize {
  const own = <usize>load<u32>(room, 4);
  if (own < bytes) {
    if (own > 0) free(<usize>load<u32>(room), own);
    store<u32>(room, <u32>allocate(bytes));
    store<u32>(room, <u32>bytes, 4);
  }
  return <usize>load<u32>(room);
}

/** What the values of a field's column are, 255 where there is none; before its first page. */
export function setKind(field: u32, kind: u32): void {
  store<u32>(fieldOf(field), kind, KIND);
  store<u32>(fieldOf(field), 0, KNOWN);
}

export function hasColumn(field: u32): bool {
  return load<u32>(fieldOf(field), KIND) !== NO_KIND;
}

/** Where the host puts a field's page, or the page of its dictionary; the one before is no longer read. */
export function pageRoom(field: u32, bytes: usize, isDictionary: bool): usize {
  return roomFor(fieldOf(field) + (isDictionary ? DICTIONARY_PAGE : PAGE), bytes);
}

/** Reads the page of a field's dictionary. @returns False where it is of no use. */
export function readDictionary(field: u32, bytes: usize, count: u32): bool {
  const own = fieldOf(field);
  const at = <usize>load<u32>(own, DICTIONARY_PAGE);
  const to = roomFor(own + DICTIONARY, (<usize>count) << 3);
  store<u32>(own, count, KNOWN);
  return readPlain(load<u32>(own, KIND), at, at + bytes, count, to);
}

/**
 * Reads a field's page, whose rows become the field's next ones.
 *
 * @param levelsBytes - How long the levels at its beginning are: -1 where there are none, -2 where 4 bytes tell it.
 * @returns False where it is of no use.
 */
export function readPage(
  field: u32,
  bytes: usize,
  rows: u32,
  levelsBytes: i32,
  isCoded: bool,
): bool {
  const own = fieldOf(field);
  let at = <usize>load<u32>(own, PAGE);
  const end = at + bytes;
  const slots = roomFor(own + SLOTS, (<usize>rows) << 3);
  store<u32>(own, <u32>slots, NEXT);
  if (levelsBytes === -1) return readValues(field, at, end, rows, isCoded, slots);
  let levels = <usize>levelsBytes;
  if (levelsBytes === -2) {
    if (bytes < 4) return false;
    levels = <usize>load<u32>(at);
    at += 4;
  }
  if (levels > end - at) return false;
  const values = at + levels;
  if (isOneRun(at, values, rows)) return readValues(field, values, end, rows, isCoded, slots);
  const there = roomFor(LEVELS, (<usize>rows) << 2);
  if (!readRuns(at, values, 1, rows, there)) return false;
  let count: u32 = 0;
  for (let i: u32 = 0; i < rows; i++) count += load<u32>(there + ((<usize>i) << 2));
  if (!readValues(field, values, end, count, isCoded, slots)) return false;
  return count === rows || spread(field, slots, there, rows, count);
}

/** Some values are not there: moves the others to their rows. */
function spread(field: u32, slots: usize, there: usize, rows: u32, count: u32): bool {
  if (field === PREFIX || field === TENANT || field === MODEL) return false;
  const nothing: u64 = field === PARENT ? 0 : reinterpret<u64>(NO_NUMBER);
  for (let row = rows; row-- > 0; ) {
    const isThere = load<u32>(there + ((<usize>row) << 2)) === 1;
    const slot = isThere ? load<u64>(slots + ((<usize>--count) << 3)) : nothing;
    store<u64>(slots + ((<usize>row) << 3), slot);
  }
  return true;
}

/** What may be left out has to be a size where it is there. */
function readValues(
  field: u32,
  at: usize,
  end: usize,
  count: u32,
  isCoded: bool,
  slots: usize,
): bool {
  const own = fieldOf(field);
  const isRead = isCoded
    ? readCoded(own, at, end, count, slots)
    : readPlain(load<u32>(own, KIND), at, end, count, slots);
  return isRead && (field < LATENCY || areSizes(slots, count));
}

function areSizes(slots: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(slots + ((<usize>i) << 3));
    if (!(value >= 0 && value <= f64.MAX_VALUE)) return false;
  }
  return true;
}

/** Values by their places in the dictionary, after a byte that tells how many bits a place has. */
function readCoded(own: usize, at: usize, end: usize, count: u32, slots: usize): bool {
  if (count === 0) return true;
  if (at >= end) return false;
  const places = roomFor(PLACES, (<usize>count) << 2);
  if (!readRuns(at + 1, end, <u32>load<u8>(at), count, places)) return false;
  const known = load<u32>(own, KNOWN);
  const values = <usize>load<u32>(own, DICTIONARY);
  for (let i: u32 = 0; i < count; i++) {
    const place = load<u32>(places + ((<usize>i) << 2));
    if (place >= known) return false;
    store<u64>(slots + ((<usize>i) << 3), load<u64>(values + ((<usize>place) << 3)));
  }
  return true;
}

/** The slot of a field in a row behind those that were taken. */
export function slotOf(field: u32, row: u32): usize {
  return <usize>load<u32>(fieldOf(field), NEXT) + ((<usize>row) << 3);
}

/** The first rows of all fields are taken. */
export function passRows(rows: u32): void {
  for (let field: u32 = 0; field < FIELD_COUNT; field++) {
    const own = fieldOf(field);
    store<u32>(own, load<u32>(own, NEXT) + (rows << 3), NEXT);
  }
}
