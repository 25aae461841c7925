import { NO_NUMBER } from './column-kinds';
import { hasColumn, passRows, slotOf } from './column-pages';
import {
  EVENT_SIZE,
  LATENCY_MILLIS,
  MODEL_ID,
  PAGE_SIZE,
  PAGES,
  PARENT_AT,
  PARENT_LENGTH,
  PREFILL_MILLIS,
  PREFIX_AT,
  PREFIX_LENGTH,
  TENANT_ID,
  TIME_MILLIS,
  TOKEN_COUNT,
} from './event-record';
import { addWaiting, recordRoom, takeRecord } from './events';
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
import { hashOfText } from './rows';
import { latestMillis } from './rules';

/** Pages pack into one number: see `packed-pages.ts`. */
const LAYERS: f64 = 512;
const STARTS: f64 = 2147483648;
const SPAN: f64 = 4096;

let events: u32 = 0;

export function eventCount(): u32 {
  return events;
}

/** Adds the next rows of all columns. @returns False where one is no plainly good event. */
export function addRows(count: u32): bool {
  for (let row: u32 = 0; row < count; row++) if (!takeRow(row)) return false;
  passRows(count);
  events += count;
  // Texts of events that wait stand in pages, which may be gone when more come.
  return addWaiting();
}

function takeRow(row: u32): bool {
  const time = numberOf(TIME, row);
  const bytes = numberOf(BYTES, row);
  const start = numberOf(PAGE_START, row);
  const span = numberOf(PAGE_END, row) - start;
  const layer = numberOf(LAYER, row);
  if (!(time >= 0 && time <= latestMillis && bytes >= 0 && bytes <= f64.MAX_VALUE)) return false;
  if (!(start >= 0 && start < STARTS && span >= 0 && span < SPAN)) return false;
  if (!(layer >= 0 && layer < LAYERS)) return false;
  if (floor(start) !== start || floor(span) !== span || floor(layer) !== layer) return false;
  const prefix = slotOf(PREFIX, row);
  const to = recordRoom();
  store<f64>(to, time, TIME_MILLIS);
  store<f64>(to, bytes, EVENT_SIZE);
  store<f64>(to, (layer * STARTS + start) * SPAN + span, PAGES);
  store<f64>(to, bytes / (span + 1), PAGE_SIZE);
  store<f64>(to, sizeOf(LATENCY, row), LATENCY_MILLIS);
  store<f64>(to, sizeOf(TOKENS, row), TOKEN_COUNT);
  store<f64>(to, sizeOf(PREFILL, row), PREFILL_MILLIS);
  store<u32>(to, load<u32>(prefix), PREFIX_AT);
  store<u32>(to, load<u32>(prefix, 4), PREFIX_LENGTH);
  const parent = hasColumn(PARENT) ? load<u64>(slotOf(PARENT, row)) : 0;
  store<u32>(to, <u32>parent, PARENT_AT);
  store<u32>(to, <u32>(parent >> 32), PARENT_LENGTH);
  store<u32>(to, load<u32>(slotOf(TENANT, row)), TENANT_ID);
  store<u32>(to, load<u32>(slotOf(MODEL, row)), MODEL_ID);
  return takeRecord(hashOfText(<usize>load<u32>(prefix), load<u32>(prefix, 4)));
}

function numberOf(field: u32, row: u32): f64 {
  return load<f64>(slotOf(field, row));
}

/** {@link NO_NUMBER} where it is not told. */
function sizeOf(field: u32, row: u32): f64 {
  return hasColumn(field) ? numberOf(field, row) : NO_NUMBER;
}
