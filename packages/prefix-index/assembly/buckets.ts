import { allocate, grown } from './memory';

/**
 * The latencies of a row as they came: how many items there are, for how many bytes there is room, then the items. An item is a
 * bucket and how often; a bucket may come many times, in any order, until {@link foldBuckets}.
 */
const HEAD: usize = 8;
const FIRST_BYTES: usize = 64;
/** Above, folding is tried before there is more room. */
const FEW_BYTES: u32 = 128;
const BUCKET_BITS: u32 = 10;
const BUCKET_MASK: u32 = (1 << BUCKET_BITS) - 1;
const MOST_TIMES: u32 = (1 << (32 - BUCKET_BITS)) - 1;

/** While items are folded: how often each bucket is, and a bit for each that is. */
const COUNTS: usize = memory.data(1024 * 4, 8);
const MARKS: usize = memory.data(16 * 8, 8);
const LAST_MARKS: usize = MARKS + 15 * 8;

/** Adds a bucket, counted from the least one. @returns The list, which may have moved. */
export function withBucket(list: usize, bucket: u32): usize {
  if (list === 0) {
    list = allocate(FIRST_BYTES);
    store<u64>(list, (<u64>FIRST_BYTES) << 32);
  }
  if (HEAD + ((<usize>load<u32>(list)) << 2) === <usize>load<u32>(list, 4)) list = withRoom(list);
  const count = load<u32>(list);
  store<u32>(list + ((<usize>count) << 2), bucket | (1 << BUCKET_BITS), HEAD);
  store<u32>(list, count + 1);
  return list;
}

/** Leaves half of the room free. */
function withRoom(list: usize): usize {
  const bytes = load<u32>(list, 4);
  if (bytes > FEW_BYTES) {
    foldBuckets(list);
    if ((<u32>HEAD + (load<u32>(list) << 2)) * 2 <= bytes) return list;
  }
  list = grown(list, bytes);
  store<u32>(list, bytes << 1, 4);
  return list;
}

/** Puts items of one bucket together, ascending. A bucket that is there too often for one item has several. */
export function foldBuckets(list: usize): void {
  if (list === 0) return;
  const items = list + HEAD;
  const end = items + ((<usize>load<u32>(list)) << 2);
  for (let at = items; at < end; at += 4) {
    const item = load<u32>(at);
    const bucket = <usize>(item & BUCKET_MASK);
    const counts = COUNTS + (bucket << 2);
    store<u32>(counts, load<u32>(counts) + (item >> BUCKET_BITS));
    const marks = MARKS + ((bucket >> 6) << 3);
    store<u64>(marks, load<u64>(marks) | ((<u64>1) << (<u64>bucket & 63)));
  }
  let to = items;
  let first: u32 = 0;
  for (let marks = MARKS; marks <= LAST_MARKS; marks += 8) {
    for (let left = load<u64>(marks); left !== 0; left &= left - 1) {
      to = writeItems(to, first + <u32>ctz(left));
    }
    store<u64>(marks, 0);
    first += 64;
  }
  store<u32>(list, <u32>((to - items) >> 2));
}

function writeItems(to: usize, bucket: u32): usize {
  const counts = COUNTS + ((<usize>bucket) << 2);
  let times = load<u32>(counts);
  store<u32>(counts, 0);
  for (; times > MOST_TIMES; times -= MOST_TIMES) {
    store<u32>(to, bucket | (MOST_TIMES << BUCKET_BITS));
    to += 4;
  }
  store<u32>(to, bucket | (times << BUCKET_BITS));
  return to + 4;
}

/** How many different buckets a folded list has. */
export function bucketCount(list: usize): u32 {
  if (list === 0) return 0;
  let count: u32 = 0;
  let before: u32 = BUCKET_MASK;
  const end = list + HEAD + ((<usize>load<u32>(list)) << 2);
  for (let at = list + HEAD; at < end; at += 4) {
    const bucket = load<u32>(at) & BUCKET_MASK;
    count += <u32>(bucket !== before);
    before = bucket;
  }
  return count;
}

/** Writes a folded list in words of 4 bytes: a bucket, counted from `least` on, how often, the next bucket. @returns The end. */
export function writeBuckets(list: usize, to: usize, least: i32): usize {
  if (list === 0) return to;
  let before: u32 = BUCKET_MASK;
  const end = list + HEAD + ((<usize>load<u32>(list)) << 2);
  for (let at = list + HEAD; at < end; at += 4) {
    const item = load<u32>(at);
    const bucket = item & BUCKET_MASK;
    if (bucket !== before) {
      store<i32>(to, <i32>bucket + least);
      store<u32>(to, 0, 4);
      to += 8;
      before = bucket;
    }
    store<u32>(to - 4, load<u32>(to - 4) + (item >> BUCKET_BITS));
  }
  return to;
}
