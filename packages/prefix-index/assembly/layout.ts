import { bucketCount, foldBuckets, writeBuckets } from './buckets';
import { listItems, listLength, sortRuns } from './lists';
import { allocate } from './memory';
import { nameAt, nameCount, nameLength } from './names';
import { ROW_WIDTH, writeNumbers } from './numbers';
import {
  BUCKETS,
  listIn,
  modelOf,
  PARENT,
  PARENT_LENGTH,
  prefixAt,
  prefixLength,
  RUNS,
  rowAt,
  rowCount,
  tenantOf,
} from './rows';
import { leastBucket } from './rules';

/**
 * All rows in one piece of memory, which the host takes: 8 counts of 4 bytes (rows, names,
 * bytes of names, prefixes, parents; buckets, runs; 0), then the numbers of the rows, runs of pages, buckets with their
 * counts, by row; then where each name, prefix, parent, list of buckets, list of runs ends, each row's tenant and model; then the bytes
 * of all names, prefixes, parents.
 */
const HEAD: usize = 32;
const NUMBERS_BYTES: usize = ROW_WIDTH * 8;

/** The numbers of a row without events, as the host has them. */
const emptyNumbers: usize = memory.data(23 * 8, 8);
let sizeBytes: usize = 0;

/** Where the host puts the numbers of a row without events, before the first line. */
export function emptyNumbersAt(): usize {
  return emptyNumbers;
}

export function layoutBytes(): usize {
  return sizeBytes;
}

/** Where everything stands in the layout that was found last. */
let numbers: usize = 0;
let runs: usize = 0;
let buckets: usize = 0;
let nameEnds: usize = 0;
let prefixEnds: usize = 0;
let parentEnds: usize = 0;
let bucketEnds: usize = 0;
let runEnds: usize = 0;
let tenants: usize = 0;
let models: usize = 0;
let nameBytes: usize = 0;
let prefixBytes: usize = 0;
let parentBytes: usize = 0;
let end: usize = 0;

function find(at: usize): void {
  const rows = <usize>load<u32>(at);
  const ids = <usize>load<u32>(at, 4);
  numbers = at + HEAD;
  runs = numbers + rows * NUMBERS_BYTES;
  buckets = runs + ((<usize>load<u32>(at, 24)) << 3);
  nameEnds = buckets + ((<usize>load<u32>(at, 20)) << 3);
  prefixEnds = nameEnds + (ids << 2);
  parentEnds = prefixEnds + (rows << 2);
  bucketEnds = parentEnds + (rows << 2);
  runEnds = bucketEnds + (rows << 2);
  tenants = runEnds + (rows << 2);
  models = tenants + (rows << 2);
  nameBytes = models + (rows << 2);
  prefixBytes = nameBytes + <usize>load<u32>(at, 8);
  parentBytes = prefixBytes + <usize>load<u32>(at, 12);
  end = parentBytes + <usize>load<u32>(at, 16);
}

/** Lays out what was scanned. @returns Where it stands. */
export function layOut(): usize {
  const rows = rowCount();
  const names = nameCount();
  const head = allocate(HEAD);
  memory.fill(head, 0, HEAD);
  store<u32>(head, rows);
  store<u32>(head, names, 4);
  for (let id: u32 = 0; id < names; id++) count(head, 8, nameLength(id));
  for (let i: u32 = 0; i < rows; i++) {
    const row = rowAt(i);
    count(head, 12, prefixLength(row));
    count(head, 16, load<u32>(row, PARENT_LENGTH));
    foldBuckets(listIn(row, BUCKETS));
    sortRuns(listIn(row, RUNS));
    count(head, 20, bucketCount(listIn(row, BUCKETS)));
    count(head, 24, listLength(listIn(row, RUNS)));
  }
  find(head);
  sizeBytes = end - head;
  const at = allocate(sizeBytes);
  memory.copy(at, head, HEAD);
  find(at);
  writeNames(names);
  for (let i: u32 = 0; i < rows; i++) writeRow((<usize>i) << 2, rowAt(i));
  return at;
}

function count(head: usize, place: usize, more: u32): void {
  store<u32>(head + place, load<u32>(head + place) + more);
}

function writeNames(names: u32): void {
  let end: usize = 0;
  for (let id: u32 = 0; id < names; id++) {
    memory.copy(nameBytes + end, nameAt(id), nameLength(id));
    end += nameLength(id);
    store<u32>(nameEnds + ((<usize>id) << 2), <u32>end);
  }
}

/** @param i - 4 times the row's number. */
function writeRow(i: usize, row: usize): void {
  const to = numbers + (i >> 2) * NUMBERS_BYTES;
  memory.copy(to, emptyNumbers, NUMBERS_BYTES);
  writeNumbers(row, to);
  store<u32>(tenants + i, tenantOf(row));
  store<u32>(models + i, modelOf(row));
  append(prefixEnds, i, prefixBytes, prefixAt(row), prefixLength(row), 0);
  append(parentEnds, i, parentBytes, listIn(row, PARENT), load<u32>(row, PARENT_LENGTH), 0);
  const bucketEnd = buckets + ((<usize>startOf(bucketEnds, i)) << 3);
  const written = writeBuckets(listIn(row, BUCKETS), bucketEnd, leastBucket) - buckets;
  store<u32>(bucketEnds + i, <u32>(written >> 3));
  const pages = listIn(row, RUNS);
  append(runEnds, i, runs, listItems(pages), listLength(pages), 3);
}

/** @param shift - An item has 2^shift bytes. */
function append(ends: usize, i: usize, to: usize, from: usize, items: u32, shift: u32): void {
  const start = startOf(ends, i);
  memory.copy(to + ((<usize>start) << shift), from, (<usize>items) << shift);
  store<u32>(ends + i, start + items);
}

/** Memory into which the host puts what other scanners sent. */
export function makeRoom(bytes: usize): usize {
  return allocate(bytes);
}

function startOf(ends: usize, word: usize): u32 {
  return word === 0 ? 0 : load<u32>(ends + word - 4);
}
