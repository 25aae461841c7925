import { copyWords } from './bytes';
import {
  EVENT_BYTES,
  EVENT_SIZE,
  HASH,
  LATENCY_MILLIS,
  LIKELY_ROW,
  MODEL_ID,
  NO_ID,
  PAGE_SIZE,
  PAGES,
  PARENT_AT,
  PARENT_LENGTH,
  PREFILL_MILLIS,
  PREFIX_AT,
  PREFIX_LENGTH,
  sentSize,
  TENANT_ID,
  TIME_MILLIS,
  TOKEN_COUNT,
} from './event-record';
import {
  BYTES,
  hasField,
  LATENCY,
  LAYER,
  MODEL,
  numberOf,
  PAGE_END,
  PAGE_START,
  PARENT,
  PREFILL,
  PREFIX,
  TENANT,
  TIME,
  TOKENS,
  textAt,
  textLength,
} from './line';
import { nameOf } from './names';
import {
  addLatency,
  addMasses,
  addPages,
  addParent,
  addPrefill,
  addTokens,
  addUse,
} from './numbers';
import { isOwn, send } from './outbox';
import {
  BUCKETS,
  hashOfNames,
  hashOfText,
  isRowOf,
  likelyRow,
  listIn,
  prefixAt,
  RUNS,
  rowAt,
  rowOf,
} from './rows';
import { halfLifeMillis, landmarkOf, latestMillis, leastBucket } from './rules';
import { addSenderName, idOfSenderName } from './sender-names';

export { setRules } from './rules';

/** Pages pack into one number: see `packed-pages.ts`. */
const LAYERS: f64 = 512;
const STARTS: f64 = 2147483648;
const SPAN: f64 = 4096;

/** The least latency of every bucket but the first. */
const BUCKET_COUNT: i32 = 864;
const BUCKETS_A_DOUBLING: i32 = 16;
const BOUNDS: usize = memory.data(864 * 8, 8);

/**
 * Events that wait: what is read of them is fetched into the caches for all of them together, since each would wait for the
 * memory several times. Chosen.
 */
const MOST_WAITING: u32 = 64;
const WAITING: usize = memory.data(64 * 96, 8);

/** What is not told. */
const NOTHING: f64 = -1;

let waiting: u32 = 0;
let _touched: u64 = 0;

/** Where the host puts the bounds of the buckets, before the first line. */
export function bucketBounds(): usize {
  return BOUNDS;
}

/** Takes the event that was read. @returns False where it is a bad one, or one that does not pack. */
export function takeEvent(): bool {
  const time = numberOf(TIME);
  const bytes = numberOf(BYTES);
  const start = numberOf(PAGE_START);
  const span = numberOf(PAGE_END) - start;
  const layer = numberOf(LAYER);
  if (!(time >= 0 && time <= latestMillis && bytes >= 0)) return false;
  if (!(start >= 0 && start < STARTS && span >= 0 && span < SPAN && layer < LAYERS)) return false;
  if (floor(start) !== start || floor(span) !== span) return false;
  const at = recordRoom();
  if (!takeSize(at, LATENCY, LATENCY_MILLIS)) return false;
  if (!takeSize(at, TOKENS, TOKEN_COUNT)) return false;
  if (!takeSize(at, PREFILL, PREFILL_MILLIS)) return false;
  const tenant = nameOf(textAt(TENANT), textLength(TENANT));
  const model = nameOf(textAt(MODEL), textLength(MODEL));
  const prefixHash = hashOfText(textAt(PREFIX), textLength(PREFIX));
  store<f64>(at, time, TIME_MILLIS);
  store<f64>(at, bytes, EVENT_SIZE);
  store<f64>(at, (layer * STARTS + start) * SPAN + span, PAGES);
  store<f64>(at, bytes / (span + 1), PAGE_SIZE);
  store<u32>(at, <u32>textAt(PREFIX), PREFIX_AT);
  store<u32>(at, textLength(PREFIX), PREFIX_LENGTH);
  store<u32>(at, <u32>textAt(PARENT), PARENT_AT);
  store<u32>(at, hasField(PARENT) ? textLength(PARENT) : 0, PARENT_LENGTH);
  store<u32>(at, tenant, TENANT_ID);
  store<u32>(at, model, MODEL_ID);
  return takeRecord(prefixHash);
}

/** Where the record of the next event goes. */
export function recordRoom(): usize {
  return WAITING + <usize>waiting * EVENT_BYTES;
}

/** Takes the event whose record stands in its room, but for its hash. @returns False where a row has too many runs of pages. */
export function takeRecord(prefixHash: u64): bool {
  const at = recordRoom();
  if (isOwn(prefixHash)) return addLater(at, prefixHash);
  store<u64>(at, prefixHash, HASH);
  send(at, prefixHash);
  return true;
}

function addLater(at: usize, prefixHash: u64): bool {
  const hash = hashOfNames(prefixHash, load<u32>(at, TENANT_ID), load<u32>(at, MODEL_ID));
  store<u64>(at, hash, HASH);
  waiting++;
  return waiting < MOST_WAITING || addWaiting();
}

/** Adds what another scanner sent to this one. @returns False where a row has too many runs of pages. */
export function addSent(scanner: u32, at: usize, length: usize): bool {
  const end = at + length;
  let isGood = true;
  while (at < end) {
    const prefixLength = <usize>load<u32>(at, PREFIX_LENGTH);
    const parentLength = <usize>load<u32>(at, PARENT_LENGTH);
    const text = at + EVENT_BYTES;
    if (load<u32>(at, TENANT_ID) === NO_ID) {
      addSenderName(scanner, nameOf(text, <u32>prefixLength));
    } else {
      const to = WAITING + <usize>waiting * EVENT_BYTES;
      copyWords(to, at, EVENT_BYTES);
      store<u32>(to, idOfSenderName(scanner, load<u32>(at, TENANT_ID)), TENANT_ID);
      store<u32>(to, idOfSenderName(scanner, load<u32>(at, MODEL_ID)), MODEL_ID);
      store<u32>(to, <u32>text, PREFIX_AT);
      store<u32>(to, <u32>(text + prefixLength), PARENT_AT);
      isGood = addLater(to, load<u64>(at, HASH)) && isGood;
    }
    at += sentSize(prefixLength + parentLength);
  }
  return addWaiting() && isGood;
}

function takeSize(at: usize, field: u32, place: usize): bool {
  const value = hasField(field) ? numberOf(field) : NOTHING;
  store<f64>(at + place, value);
  return value >= 0 || !hasField(field);
}

/** Adds the events that wait to their rows. @returns False where a row has too many runs of pages. */
export function addWaiting(): bool {
  touchRows();
  touchLists();
  let isGood = true;
  for (let i: u32 = 0; i < waiting; i++)
    isGood = addEvent(WAITING + <usize>i * EVENT_BYTES) && isGood;
  waiting = 0;
  return isGood;
}

function touchRows(): void {
  for (let i: u32 = 0; i < waiting; i++) {
    const at = WAITING + <usize>i * EVENT_BYTES;
    const likely = likelyRow(load<u64>(at, HASH));
    store<u32>(at, likely, LIKELY_ROW);
    if (likely === 0) continue;
    const row = rowAt(likely - 1);
    _touched += load<u64>(row, 16) + load<u64>(row, 64);
  }
}

function touchLists(): void {
  for (let i: u32 = 0; i < waiting; i++) {
    const likely = load<u32>(WAITING + <usize>i * EVENT_BYTES, LIKELY_ROW);
    if (likely === 0) continue;
    const row = rowAt(likely - 1);
    const buckets = listIn(row, BUCKETS);
    _touched +=
      load<u64>(buckets) +
      load<u64>(buckets, 64) +
      load<u64>(listIn(row, RUNS)) +
      load<u64>(prefixAt(row));
  }
}

/** The row of an event that waits. */
function rowOfEvent(at: usize): usize {
  const hash = load<u64>(at, HASH);
  const tenant = load<u32>(at, TENANT_ID);
  const model = load<u32>(at, MODEL_ID);
  const prefix = <usize>load<u32>(at, PREFIX_AT);
  const length = load<u32>(at, PREFIX_LENGTH);
  const likely = load<u32>(at, LIKELY_ROW);
  if (likely !== 0) {
    const row = rowAt(likely - 1);
    if (isRowOf(row, hash, tenant, model, prefix, length)) return row;
  }
  return rowOf(hash, tenant, model, prefix, length);
}

function addEvent(at: usize): bool {
  const row = rowOfEvent(at);
  const time = load<f64>(at, TIME_MILLIS);
  const landmark = landmarkOf(time);
  const growth = NativeMath.exp2((time - landmark * halfLifeMillis) / halfLifeMillis);
  addMasses(row, landmark, growth, load<f64>(at, EVENT_SIZE));
  addUse(row, time, load<f64>(at, EVENT_SIZE), load<f64>(at, PAGE_SIZE));
  const latency = load<f64>(at, LATENCY_MILLIS);
  if (latency >= 0) addLatency(row, latency, bucketOf(latency));
  const tokens = load<f64>(at, TOKEN_COUNT);
  if (tokens >= 0) addTokens(row, landmark, growth, tokens);
  const prefill = load<f64>(at, PREFILL_MILLIS);
  if (prefill >= 0) addPrefill(row, landmark, growth, prefill);
  const parentLength = load<u32>(at, PARENT_LENGTH);
  if (parentLength !== 0) addParent(row, <usize>load<u32>(at, PARENT_AT), parentLength);
  return addPages(row, load<f64>(at, PAGES));
}

/** Among the bounds of the latency's power of two there are 15 others. */
function bucketOf(millis: f64): i32 {
  const exponent = <i32>((reinterpret<u64>(millis) >> 52) & 0x7ff) - 1023;
  const first = exponent * BUCKETS_A_DOUBLING - leastBucket - 1;
  if (first < -1) return leastBucket;
  if (first + BUCKETS_A_DOUBLING > BUCKET_COUNT) return leastBucket + BUCKET_COUNT;
  const bounds = BOUNDS + ((<usize>first) << 3);
  let place = 0;
  for (let half = BUCKETS_A_DOUBLING >> 1; half > 0; half >>= 1) {
    place = select(
      place + half,
      place,
      load<f64>(bounds + ((<usize>(place + half)) << 3)) <= millis,
    );
  }
  // A bucket's bound lies a little below its power of two, where the logarithm rounds up to it.
  const isNext = load<f64>(bounds + ((<usize>BUCKETS_A_DOUBLING) << 3)) <= millis;
  return leastBucket + first + place + 1 + <i32>isNext;
}
