import { NO_NUMBER } from './column-kinds';
import { beginRows, endRows, slotsOf } from './column-pages';
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

/** Chosen: slots of so many rows of all columns fit into the first cache. */
const ROWS_AT_ONCE: u32 = 512;

/** Adds the next rows of all columns. @returns False where one is no plainly good event. */
export function addRows(count: u32): bool {
  for (let left = count; left > 0; left -= min(left, ROWS_AT_ONCE)) {
    if (!addSome(min(left, ROWS_AT_ONCE))) return false;
  }
  // Texts of events that wait stand in pages, which may be gone when more come.
  return addWaiting();
}

function addSome(count: u32): bool {
  if (!beginRows(count) || !packPages(count)) return false;
  const times = slotsOf(TIME);
  const bytes = slotsOf(BYTES);
  const prefixes = slotsOf(PREFIX);
  const tenants = slotsOf(TENANT);
  const models = slotsOf(MODEL);
  const parents = slotsOf(PARENT);
  const latencies = slotsOf(LATENCY);
  const tokens = slotsOf(TOKENS);
  const prefills = slotsOf(PREFILL);
  const pages = slotsOf(PAGE_START);
  const spans = slotsOf(PAGE_END);
  const end = (<usize>count) << 3;
  for (let row: usize = 0; row < end; row += 8) {
    const time = load<f64>(times + row);
    const size = load<f64>(bytes + row);
    if (!(time >= 0 && time <= latestMillis && size >= 0 && size <= f64.MAX_VALUE)) return false;
    const prefix = <usize>load<u32>(prefixes + row);
    const length = load<u32>(prefixes + row, 4);
    const to = recordRoom();
    store<f64>(to, time, TIME_MILLIS);
    store<f64>(to, size, EVENT_SIZE);
    store<f64>(to, load<f64>(pages + row), PAGES);
    store<f64>(to, size / load<f64>(spans + row), PAGE_SIZE);
    store<f64>(to, latencies === 0 ? NO_NUMBER : load<f64>(latencies + row), LATENCY_MILLIS);
    store<f64>(to, tokens === 0 ? NO_NUMBER : load<f64>(tokens + row), TOKEN_COUNT);
    store<f64>(to, prefills === 0 ? NO_NUMBER : load<f64>(prefills + row), PREFILL_MILLIS);
    store<u32>(to, <u32>prefix, PREFIX_AT);
    store<u32>(to, length, PREFIX_LENGTH);
    const parent = parents === 0 ? 0 : load<u64>(parents + row);
    store<u32>(to, <u32>parent, PARENT_AT);
    store<u32>(to, <u32>(parent >> 32), PARENT_LENGTH);
    store<u32>(to, load<u32>(tenants + row), TENANT_ID);
    store<u32>(to, load<u32>(models + row), MODEL_ID);
    if (!takeRecord(hashOfText(prefix, length))) return false;
  }
  endRows(count);
  events += count;
  return true;
}

/** In place of the first pages of the next rows their runs, in place of the last ones how many pages these are. */
function packPages(count: u32): bool {
  const layers = slotsOf(LAYER);
  const starts = slotsOf(PAGE_START);
  const ends = slotsOf(PAGE_END);
  const end = (<usize>count) << 3;
  for (let row: usize = 0; row < end; row += 8) {
    const layer = load<f64>(layers + row);
    const start = load<f64>(starts + row);
    const span = load<f64>(ends + row) - start;
    if (!(start >= 0 && start < STARTS && span >= 0 && span < SPAN)) return false;
    if (!(layer >= 0 && layer < LAYERS)) return false;
    if (floor(start) !== start || floor(span) !== span || floor(layer) !== layer) return false;
    store<f64>(starts + row, (layer * STARTS + start) * SPAN + span);
    store<f64>(ends + row, span + 1);
  }
  return true;
}
