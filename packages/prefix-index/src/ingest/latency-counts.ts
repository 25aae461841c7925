import { LEAST_BUCKET, latencyBucket } from '../totals/latency-buckets.ts';
import { endList, type GrowingLists } from './growing-lists.ts';

/** There are 865. */
const MOST_BUCKETS = 1024;
const counts = new Uint32Array(MOST_BUCKETS);

/** Adds the histogram of the first `count` latencies, milliseconds, as a list. Cost: O(count + buckets between them). */
export function addLatencies(lists: GrowingLists, millis: Float64Array, count: number): void {
  let first = MOST_BUCKETS;
  let last = -1;
  for (let i = 0; i < count; i++) {
    const place = latencyBucket(millis[i]) - LEAST_BUCKET;
    counts[place]++;
    if (place < first) first = place;
    if (place > last) last = place;
  }
  const { items } = lists;
  for (let place = first; place <= last; place++) {
    if (counts[place] === 0) continue;
    items[lists.itemCount++] = place + LEAST_BUCKET;
    items[lists.itemCount++] = counts[place];
    counts[place] = 0;
  }
  endList(lists);
}
