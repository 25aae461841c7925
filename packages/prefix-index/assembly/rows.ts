import { hashBytes, mix, sameBytes } from './bytes';
import { allocate, free, grown, reserve } from './memory';

/**
 * A row takes two cache lines. Its hash, where its prefix stands and how long that is, tenant, model, buckets of its latencies, runs of
 * its pages; its numbers (see `numbers.ts`); its parent, and its further numbers, 0 for none.
 */
const ROW_BYTES: usize = 128;
const PREFIX: usize = 8;
const PREFIX_LENGTH: usize = 12;
const TENANT: usize = 16;
const MODEL: usize = 20;
export const BUCKETS: usize = 24;
export const RUNS: usize = 28;
export const PARENT: usize = 112;
export const PARENT_LENGTH: usize = 116;
const FIRST_ROWS: u32 = 1024;

let count: u32 = 0;
let room: u32 = FIRST_ROWS;
let rows: usize = allocate(<usize>FIRST_ROWS * ROW_BYTES);
/** What a row is at first. */
const empty: usize = reserve(ROW_BYTES);
/** Places by hash, of 8 bytes: a row's number and 1, 0 where there is none, then the upper half of its hash. */
let slots: usize = cleared(4096);
let mask: u32 = 4095;

export function rowCount(): u32 {
  return count;
}

export function emptyRow(): usize {
  return empty;
}

export function rowAt(row: u32): usize {
  return rows + <usize>row * ROW_BYTES;
}

export function prefixAt(row: usize): usize {
  return <usize>load<u32>(row, PREFIX);
}

export function prefixLength(row: usize): u32 {
  return load<u32>(row, PREFIX_LENGTH);
}

export function tenantOf(row: usize): u32 {
  return load<u32>(row, TENANT);
}

export function modelOf(row: usize): u32 {
  return load<u32>(row, MODEL);
}

export function listIn(row: usize, field: usize): usize {
  return <usize>load<u32>(row + field);
}

export function hashOfText(at: usize, length: u32): u64 {
  return hashBytes(at, length, 0);
}

/** Of a key whose prefix has this hash. */
export function hashOfNames(prefixHash: u64, tenant: u32, model: u32): u64 {
  return mix(prefixHash ^ ((((<u64>tenant) << 32) | model) * 0x9e3779b97f4a7c15));
}

/** The number of a row that is likely that of a key with this hash, and 1, or 0; no row was read for it. */
export function likelyRow(hash: u64): u32 {
  let slot = <u32>hash & mask;
  for (let found = placeAt(slot); found !== 0; found = placeAt(slot)) {
    if ((found ^ hash) >> 32 === 0) return <u32>found;
    slot = (slot + 1) & mask;
  }
  return 0;
}

function placeAt(slot: u32): u64 {
  return load<u64>(slots + ((<usize>slot) << 3));
}

/** Whether a row is that of a key with this hash. */
export function isRowOf(
  row: usize,
  hash: u64,
  tenant: u32,
  model: u32,
  prefix: usize,
  length: u32,
): bool {
  return (
    load<u64>(row) === hash &&
    tenantOf(row) === tenant &&
    modelOf(row) === model &&
    prefixLength(row) === length &&
    sameBytes(prefixAt(row), prefix, length)
  );
}

/** The row of a key, which is new where it was not there; valid until the next one is. */
export function rowOf(hash: u64, tenant: u32, model: u32, prefix: usize, length: u32): usize {
  let slot = <u32>hash & mask;
  for (let found = placeAt(slot); found !== 0; found = placeAt(slot)) {
    slot = (slot + 1) & mask;
    if ((found ^ hash) >> 32 !== 0) continue;
    const row = rowAt(<u32>found - 1);
    if (isRowOf(row, hash, tenant, model, prefix, length)) return row;
  }
  if (count === room) {
    rows = grown(rows, <usize>room * ROW_BYTES);
    room <<= 1;
  }
  const row = rowAt(count);
  memory.copy(row, empty, ROW_BYTES);
  store<u64>(row, hash);
  store<u32>(row, <u32>copied(prefix, length), PREFIX);
  store<u32>(row, length, PREFIX_LENGTH);
  store<u32>(row, tenant, TENANT);
  store<u32>(row, model, MODEL);
  count++;
  if (count * 2 > mask) widen();
  else place(count - 1, hash);
  return row;
}

/** A copy of these bytes that stays. */
export function copied(at: usize, length: u32): usize {
  const copy = reserve(length);
  memory.copy(copy, at, length);
  return copy;
}

function place(row: u32, hash: u64): void {
  let slot = <u32>hash & mask;
  while (placeAt(slot) !== 0) slot = (slot + 1) & mask;
  store<u64>(slots + ((<usize>slot) << 3), ((hash >> 32) << 32) | (row + 1));
}

function widen(): void {
  free(slots, (<usize>mask + 1) << 3);
  mask = 2 * mask + 1;
  slots = cleared(mask + 1);
  for (let row: u32 = 0; row < count; row++) place(row, load<u64>(rowAt(row)));
}

function cleared(places: u32): usize {
  const block = allocate((<usize>places) << 3);
  memory.fill(block, 0, (<usize>places) << 3);
  return block;
}
