import { withBucket } from './buckets';
import { isAfter } from './bytes';
import { listLength, withPages } from './lists';
import { allocate } from './memory';
import { BUCKETS, copied, emptyRow, listIn, PARENT, PARENT_LENGTH, RUNS } from './rows';
import { landmarkOf, leastBucket } from './rules';

/** Numbers that nearly every event tells, within a row. */
const LANDMARK: usize = 32;
const BYTES_MASS: usize = 40;
const REQUESTS_MASS: usize = 48;
const HITS: usize = 56;
const BYTES: usize = 64;
const FIRST_SEEN: usize = 72;
const LAST_SEEN: usize = 80;
const LATENCY_MILLIS: usize = 88;
const LATENCY_COUNT: usize = 96;
const PAGE_BYTES: usize = 104;
/** Where the others stand, within a block of their own. */
const MORE: usize = 120;
const MORE_BYTES: usize = 40;
const TOKENS_MASS: usize = 0;
const PREFILL_MASS: usize = 8;
const TOKENS: usize = 16;
const PREFILL_MILLIS: usize = 24;
const PREFILL_COUNT: usize = 32;

/** The numbers of a row as the host has them, in the order of `TOTALS_RULES`. */
export const ROW_WIDTH: usize = 23;
/** Where in such a row this table's numbers stand: those of a row, then the others, in their order here. */
const OWN: u32 = 10;
const OTHERS: u32 = 5;
const HOST_PLACES: usize = memory.data<u8>([0, 1, 2, 10, 11, 15, 16, 17, 18, 19, 3, 4, 12, 13, 14]);

/** A prefix whose pages move about so much is left to others: a sorted list would take long. */
const MOST_RUNS: u32 = 8192;

store<f64>(emptyRow(), -Infinity, LANDMARK);
store<f64>(emptyRow(), Infinity, FIRST_SEEN);
store<f64>(emptyRow(), -Infinity, LAST_SEEN);
store<f64>(emptyRow(), -Infinity, PAGE_BYTES);

/**
 * Within this table masses are relative to a landmark that is a multiple of so many half-lives, so that nearly all events of a row
 * have the same one, and nothing has to be multiplied. All that differs is the exponents of the numbers.
 */
const EPOCH: f64 = 512;

/** Adds an event's masses, which are relative to the landmark. */
export function addMasses(row: usize, landmark: f64, growth: f64, bytes: f64): void {
  const scale = weightIn(row, landmark, growth);
  add(row, bytes * scale, BYTES_MASS);
  add(row, scale, REQUESTS_MASS);
}

/** After {@link addMasses} of the same event. */
export function addTokens(row: usize, landmark: f64, growth: f64, tokens: f64): void {
  const more = moreOf(row);
  add(more, tokens * weightIn(row, landmark, growth), TOKENS_MASS);
  raise(more, tokens, TOKENS);
}

/** After {@link addMasses} of the same event. */
export function addPrefill(row: usize, landmark: f64, growth: f64, millis: f64): void {
  const more = moreOf(row);
  add(more, millis * weightIn(row, landmark, growth), PREFILL_MASS);
  add(more, millis, PREFILL_MILLIS);
  add(more, 1, PREFILL_COUNT);
}

/** What an event weighs in a row. */
function weightIn(row: usize, landmark: f64, growth: f64): f64 {
  const epoch = floor(landmark / EPOCH) * EPOCH;
  // Of this sum the low bits are the half-lives since then, which are added to the exponent.
  const halfLives = reinterpret<u64>(landmark - epoch + 2 ** 52);
  const weight = reinterpret<f64>(reinterpret<u64>(growth) + (halfLives << 52));
  return epoch === load<f64>(row, LANDMARK) ? weight : weight * together(row, epoch);
}

/** An event is seen at a time, and its bytes. */
export function addUse(row: usize, time: f64, bytes: f64, pageBytes: f64): void {
  add(row, 1, HITS);
  add(row, bytes, BYTES);
  if (time < load<f64>(row, FIRST_SEEN)) store<f64>(row, time, FIRST_SEEN);
  raise(row, time, LAST_SEEN);
  raise(row, pageBytes, PAGE_BYTES);
}

export function addLatency(row: usize, millis: f64, bucket: i32): void {
  add(row, millis, LATENCY_MILLIS);
  add(row, 1, LATENCY_COUNT);
  store<u32>(row, <u32>withBucket(listIn(row, BUCKETS), <u32>(bucket - leastBucket)), BUCKETS);
}

/** @returns False where the row has too many runs. */
export function addPages(row: usize, pages: f64): bool {
  const list = withPages(listIn(row, RUNS), pages);
  store<u32>(row, <u32>list, RUNS);
  return listLength(list) <= MOST_RUNS;
}

/** Of two parents the greater stands. */
export function addParent(row: usize, parent: usize, length: u32): void {
  const own = listIn(row, PARENT);
  if (own !== 0 && !isAfter(parent, length, own, load<u32>(row, PARENT_LENGTH))) return;
  store<u32>(row, <u32>copied(parent, length), PARENT);
  store<u32>(row, length, PARENT_LENGTH);
}

/** Writes a row's numbers as the host has them, relative to its newest landmark; what is not of this table stays as it was. */
export function writeNumbers(row: usize, to: usize): void {
  const landmark = landmarkOf(load<f64>(row, LAST_SEEN));
  const scale = powerOfTwo(load<f64>(row, LANDMARK) - landmark);
  for (let i: u32 = 0; i < OWN; i++) {
    store<f64>(to + hostPlace(i), load<f64>(row + LANDMARK + ((<usize>i) << 3)));
  }
  store<f64>(to, landmark);
  multiply(to, scale, 8);
  multiply(to, scale, 16);
  const more = listIn(row, MORE);
  if (more === 0) return;
  for (let i: u32 = 0; i < OTHERS; i++) {
    store<f64>(to + hostPlace(OWN + i), load<f64>(more + ((<usize>i) << 3)));
  }
  multiply(to, scale, 24);
  multiply(to, scale, 32);
}

function hostPlace(i: u32): usize {
  return (<usize>load<u8>(HOST_PLACES + i)) << 3;
}

/** The later landmark becomes the row's. @returns What a mass relative to `landmark` is multiplied by there. */
function together(row: usize, landmark: f64): f64 {
  const own = load<f64>(row, LANDMARK);
  if (landmark === own) return 1;
  if (landmark < own) return powerOfTwo(landmark - own);
  const scale = powerOfTwo(own - landmark);
  multiply(row, scale, BYTES_MASS);
  multiply(row, scale, REQUESTS_MASS);
  const more = listIn(row, MORE);
  if (more !== 0) {
    multiply(more, scale, TOKENS_MASS);
    multiply(more, scale, PREFILL_MASS);
  }
  store<f64>(row, landmark, LANDMARK);
  return 1;
}

function moreOf(row: usize): usize {
  let more = listIn(row, MORE);
  if (more !== 0) return more;
  more = allocate(MORE_BYTES);
  memory.fill(more, 0, MORE_BYTES);
  store<f64>(more, -Infinity, TOKENS);
  store<u32>(row, <u32>more, MORE);
  return more;
}

/** Of a whole number that is not above 0; of minus infinity 0. */
function powerOfTwo(exponent: f64): f64 {
  if (exponent < -1100) return 0;
  if (exponent < -1022) return powerOfTwo(exponent + 1000) * powerOfTwo(-1000);
  return reinterpret<f64>((<u64>(<i64>exponent + 1023)) << 52);
}

function add(at: usize, value: f64, place: usize): void {
  store<f64>(at + place, load<f64>(at + place) + value);
}

function multiply(at: usize, scale: f64, place: usize): void {
  store<f64>(at + place, load<f64>(at + place) * scale);
}

function raise(at: usize, value: f64, place: usize): void {
  if (value > load<f64>(at + place)) store<f64>(at + place, value);
}
