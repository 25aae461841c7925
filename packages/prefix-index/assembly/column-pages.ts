import { DOUBLE, NO_NUMBER, TEXT } from './column-kinds';
import { isOneRun, readRuns } from './column-runs';
import { NOWHERE, readPlain } from './column-values';
import { LATENCY, MODEL, PARENT, PREFIX, TENANT } from './line';
import { allocate, free } from './memory';

/**
 * By field, a room each for its slots, its dictionary, its page, the page of its dictionary, and places in that; then numbers: where
 * the slots of the next rows are, its kind, how many values the dictionary has, how its page is read, and from where until where.
 */
const FIELD_COUNT: u32 = 12;
const FIELDS: usize = memory.data(12 * 64, 8);
const SLOTS: usize = 0;
const DICTIONARY: usize = 8;
const PAGE: usize = 16;
const DICTIONARY_PAGE: usize = 24;
const PLACES: usize = 32;
const NEXT: usize = 40;
const KIND: usize = 44;
const KNOWN: usize = 48;
const WAY: usize = 52;
const AT: usize = 56;
const END: usize = 60;

/** A column that is not there. */
const NO_KIND: u32 = 255;

/**
 * How the rows of a page become slots: they are as they stand in it; of values, or of places in the dictionary, as many as are asked
 * for, so that they are in the caches then; or all at once, where some are not there.
 */
const SLOTS_AS_THEY_ARE: u32 = 0;
const FROM_VALUES: u32 = 1;
const FROM_PLACES: u32 = 2;
const ALL_AT_ONCE: u32 = 3;

/** A room for levels. */
const LEVELS: usize = memory.data(8, 8);
/** One for the pages of all fields that are read at once and do not stay. */
const PASSING_PAGE: usize = memory.data(8, 8);

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
}

/** Dictionaries of the group before are no longer known. */
export function beginGroup(): void {
  for (let field: u32 = 0; field < FIELD_COUNT; field++) store<u32>(fieldOf(field), 0, KNOWN);
}

/** Where the host puts a field's page, to be read at once; the one before is no longer there. */
export function pageRoom(field: u32, bytes: usize, isCoded: bool): usize {
  return roomFor(isCoded ? PASSING_PAGE : fieldOf(field) + PAGE, bytes);
}

/** Likewise for the page of a field's dictionary. */
export function dictionaryRoom(field: u32, bytes: usize): usize {
  return roomFor(dictionaryPageOf(field), bytes);
}

function dictionaryPageOf(field: u32): usize {
  const own = fieldOf(field);
  return load<u32>(own, KIND) === TEXT ? own + DICTIONARY_PAGE : PASSING_PAGE;
}

/** Reads the page of a field's dictionary. @returns False where it is of no use. */
export function readDictionary(field: u32, bytes: usize, count: u32): bool {
  const own = fieldOf(field);
  const at = <usize>load<u32>(dictionaryPageOf(field));
  const to = roomFor(own + DICTIONARY, (<usize>count) << 3);
  store<u32>(own, count, KNOWN);
  return readPlain(load<u32>(own, KIND), at, at + bytes, count, to) !== NOWHERE;
}

/**
 * Reads a field's page, whose rows become the field's next ones.
 *
 * @param levelsBytes - How long the levels at its beginning are: -1 where there are none, -2 where 4 bytes tell it.
 * @returns False where it is of no use; what is wrong with its values is told with the rows.
 */
export function readPage(
  field: u32,
  bytes: usize,
  rows: u32,
  levelsBytes: i32,
  isCoded: bool,
): bool {
  let at = <usize>load<u32>(isCoded ? PASSING_PAGE : fieldOf(field) + PAGE);
  const end = at + bytes;
  if (levelsBytes === -1) return beginValues(field, at, end, rows, isCoded);
  let levels = <usize>levelsBytes;
  if (levelsBytes === -2) {
    if (bytes < 4) return false;
    levels = <usize>load<u32>(at);
    at += 4;
  }
  if (levels > end - at) return false;
  const values = at + levels;
  if (isOneRun(at, values, rows)) return beginValues(field, values, end, rows, isCoded);
  const there = roomFor(LEVELS, (<usize>rows) << 2);
  if (!readRuns(at, values, 1, rows, there)) return false;
  let count: u32 = 0;
  for (let i: u32 = 0; i < rows; i++) count += load<u32>(there + ((<usize>i) << 2));
  if (!beginValues(field, values, end, count, isCoded)) return false;
  return count === rows || spread(field, there, rows, count);
}

/** @returns False where places do not end before `end`, or one is not in the dictionary. */
function beginValues(field: u32, at: usize, end: usize, count: u32, isCoded: bool): bool {
  const own = fieldOf(field);
  store<u32>(own, <u32>end, END);
  if (isCoded) return beginPlaces(own, at, end, count);
  const isSlots = load<u32>(own, KIND) === DOUBLE;
  if (isSlots && (<u64>count) << 3 > <u64>(end - at)) return false;
  store<u32>(own, isSlots ? SLOTS_AS_THEY_ARE : FROM_VALUES, WAY);
  store<u32>(own, <u32>at, AT);
  if (isSlots) store<u32>(own, <u32>at, NEXT);
  return true;
}

/** Behind a byte that tells how many bits a place has. */
function beginPlaces(own: usize, at: usize, end: usize, count: u32): bool {
  const places = roomFor(own + PLACES, (<usize>count) << 2);
  store<u32>(own, FROM_PLACES, WAY);
  store<u32>(own, <u32>places, AT);
  if (count === 0) return true;
  if (at >= end || !readRuns(at + 1, end, <u32>load<u8>(at), count, places)) return false;
  const known = load<u32>(own, KNOWN);
  let isGood = true;
  for (let i: u32 = 0; i < count; i++) {
    isGood = load<u32>(places + ((<usize>i) << 2)) < known && isGood;
  }
  return isGood;
}

/** Some values are not there: all that are become slots, and move to their rows. */
function spread(field: u32, there: usize, rows: u32, count: u32): bool {
  if (field === PREFIX || field === TENANT || field === MODEL) return false;
  const own = fieldOf(field);
  const slots = roomFor(own + SLOTS, (<usize>rows) << 3);
  if (load<u32>(own, WAY) === SLOTS_AS_THEY_ARE) {
    memory.copy(slots, <usize>load<u32>(own, NEXT), (<usize>count) << 3);
  } else if (!readSlots(own, count, slots)) return false;
  if (field >= LATENCY && !areSizes(slots, count)) return false;
  const nothing: u64 = field === PARENT ? 0 : reinterpret<u64>(NO_NUMBER);
  for (let row = rows; row-- > 0; ) {
    const isThere = load<u32>(there + ((<usize>row) << 2)) === 1;
    const slot = isThere ? load<u64>(slots + ((<usize>--count) << 3)) : nothing;
    store<u64>(slots + ((<usize>row) << 3), slot);
  }
  store<u32>(own, ALL_AT_ONCE, WAY);
  store<u32>(own, <u32>slots, NEXT);
  return true;
}

/** Makes slots of the next rows of all columns. @returns False where a value is of no use. */
export function beginRows(count: u32): bool {
  for (let field: u32 = 0; field < FIELD_COUNT; field++) {
    const own = fieldOf(field);
    const way = load<u32>(own, WAY);
    if (load<u32>(own, KIND) === NO_KIND || way === ALL_AT_ONCE) continue;
    if (way !== SLOTS_AS_THEY_ARE) {
      const slots = roomFor(own + SLOTS, (<usize>count) << 3);
      if (!readSlots(own, count, slots)) return false;
      store<u32>(own, <u32>slots, NEXT);
    }
    if (field >= LATENCY && !areSizes(<usize>load<u32>(own, NEXT), count)) return false;
  }
  return true;
}

/** The next values of a page. */
function readSlots(own: usize, count: u32, slots: usize): bool {
  const at = <usize>load<u32>(own, AT);
  if (load<u32>(own, WAY) === FROM_PLACES) {
    const values = <usize>load<u32>(own, DICTIONARY);
    for (let i: usize = 0; i < <usize>count; i++) {
      const place = <usize>load<u32>(at + (i << 2));
      store<u64>(slots + (i << 3), load<u64>(values + (place << 3)));
    }
    store<u32>(own, <u32>at + (count << 2), AT);
    return true;
  }
  const end = readPlain(load<u32>(own, KIND), at, <usize>load<u32>(own, END), count, slots);
  store<u32>(own, <u32>end, AT);
  return end !== NOWHERE;
}

/** What may be left out has to be a size where it is there. */
function areSizes(slots: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(slots + ((<usize>i) << 3));
    if (!(value >= 0 && value <= f64.MAX_VALUE)) return false;
  }
  return true;
}

/** The slots of a field in the rows that were begun; 0 where there is no such column. */
export function slotsOf(field: u32): usize {
  const own = fieldOf(field);
  return load<u32>(own, KIND) === NO_KIND ? 0 : <usize>load<u32>(own, NEXT);
}

/** The rows that were begun are taken. */
export function endRows(rows: u32): void {
  for (let field: u32 = 0; field < FIELD_COUNT; field++) {
    const own = fieldOf(field);
    store<u32>(own, load<u32>(own, NEXT) + (rows << 3), NEXT);
  }
}
