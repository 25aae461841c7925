import { NO_NUMBER } from './column-kinds';
import { hasColumn, passRows, slotOf } from './column-pages';
import { bucketOf } from './events';
import {
  BYTES,
  LATENCY,
  LAYER,
  MODEL,
  PAGE_END,
  PAGE_START,
  PARENT,
  PREFILL,
  PREFIX,
  TENANT,
  TIME,
  TOKENS,
} from './line';
import {
  addLatency,
  addMasses,
  addPages,
  addParent,
  addPrefill,
  addTokens,
  addUse,
} from './numbers';
import { BUCKETS, firstGuess, hashOfKey, listIn, prefixAt, RUNS, rowOf } from './rows';
import { halfLifeMillis, landmarkOf, latestMillis } from './rules';

/** Pages pack into one number: see `packed-pages.ts`. */
const LAYERS: f64 = 512;
const STARTS: f64 = 2147483648;
const SPAN: f64 = 4096;
const FIELDS: u32 = 12;

/** What is read of so many rows is fetched into the caches for all of them together; see `events.ts`. */
const MOST_TOGETHER: u32 = 64;
const HASHES: usize = memory.data(64 * 8, 8);

let events: u32 = 0;
let _touched: u64 = 0;

export function eventCount(): u32 {
  return events;
}

/** Adds the next rows of all columns. @returns False where one is no plainly good event. */
export function addRows(count: u32): bool {
  for (let done: u32 = 0; done < count; ) {
    const together = min(count - done, MOST_TOGETHER);
    for (let i: u32 = 0; i < together; i++) {
      if (!isGood(i)) return false;
      store<u64>(HASHES + ((<usize>i) << 3), hashOf(i));
    }
    touch(together);
    for (let i: u32 = 0; i < together; i++) if (!addEvent(i)) return false;
    passRows(FIELDS, together);
    done += together;
  }
  events += count;
  return true;
}

function numberOf(field: u32, row: u32): f64 {
  return load<f64>(slotOf(field, row));
}

function textAt(field: u32, row: u32): usize {
  return <usize>load<u32>(slotOf(field, row));
}

function textLength(field: u32, row: u32): u32 {
  return load<u32>(slotOf(field, row), 4);
}

/** {@link NO_NUMBER} where it is not told. */
function sizeOf(field: u32, row: u32): f64 {
  return hasColumn(field) ? numberOf(field, row) : NO_NUMBER;
}

function isGood(row: u32): bool {
  const time = numberOf(TIME, row);
  const start = numberOf(PAGE_START, row);
  const span = numberOf(PAGE_END, row) - start;
  const layer = numberOf(LAYER, row);
  return (
    time >= 0 &&
    time <= latestMillis &&
    numberOf(BYTES, row) >= 0 &&
    numberOf(BYTES, row) <= f64.MAX_VALUE &&
    start >= 0 &&
    start < STARTS &&
    span >= 0 &&
    span < SPAN &&
    layer >= 0 &&
    layer < LAYERS &&
    floor(start) === start &&
    floor(span) === span &&
    floor(layer) === layer
  );
}

function hashOf(row: u32): u64 {
  return hashOfKey(
    load<u32>(slotOf(TENANT, row)),
    load<u32>(slotOf(MODEL, row)),
    textAt(PREFIX, row),
    textLength(PREFIX, row),
  );
}

function touch(count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = firstGuess(load<u64>(HASHES + ((<usize>i) << 3)));
    _touched += load<u64>(row, 16) + load<u64>(row, 64);
  }
  for (let i: u32 = 0; i < count; i++) {
    const row = firstGuess(load<u64>(HASHES + ((<usize>i) << 3)));
    const buckets = listIn(row, BUCKETS);
    _touched +=
      load<u64>(buckets) +
      load<u64>(buckets, 64) +
      load<u64>(listIn(row, RUNS)) +
      load<u64>(prefixAt(row));
  }
}

/** @returns False where its row has too many runs of pages. */
function addEvent(i: u32): bool {
  const row = rowOf(
    load<u64>(HASHES + ((<usize>i) << 3)),
    load<u32>(slotOf(TENANT, i)),
    load<u32>(slotOf(MODEL, i)),
    textAt(PREFIX, i),
    textLength(PREFIX, i),
  );
  const time = numberOf(TIME, i);
  const bytes = numberOf(BYTES, i);
  const start = numberOf(PAGE_START, i);
  const span = numberOf(PAGE_END, i) - start;
  const landmark = landmarkOf(time);
  const growth = NativeMath.exp2((time - landmark * halfLifeMillis) / halfLifeMillis);
  addMasses(row, landmark, growth, bytes);
  addUse(row, time, bytes, bytes / (span + 1));
  const latency = sizeOf(LATENCY, i);
  if (latency >= 0) addLatency(row, latency, bucketOf(latency));
  const tokens = sizeOf(TOKENS, i);
  if (tokens >= 0) addTokens(row, landmark, growth, tokens);
  const prefill = sizeOf(PREFILL, i);
  if (prefill >= 0) addPrefill(row, landmark, growth, prefill);
  if (hasColumn(PARENT) && textAt(PARENT, i) !== 0) {
    addParent(row, textAt(PARENT, i), textLength(PARENT, i));
  }
  return addPages(row, (numberOf(LAYER, i) * STARTS + start) * SPAN + span);
}
