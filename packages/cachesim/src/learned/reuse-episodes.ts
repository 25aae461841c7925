import { NONE, shapeOf, type TraceColumns } from '@wavetune/core';
import { longestChainOf } from '../curves/stack-at.ts';
import { createReuseFeatures } from './reuse-features.ts';

/** How long blocks waited for their next touch, by code and age; m codes, k age buckets. */
export interface ReuseEpisodes {
  /** Lower bound of each age bucket, ascending from 0; shape `[k]`. */
  readonly ageMillis: Float64Array;
  /** Distinct codes; shape `[m]`. */
  readonly codes: Uint32Array;
  /** Waits that ended with a touch in the bucket, in blocks; shape `[m × k]`. */
  readonly touched: Float64Array;
  /** Waits cut off in the bucket by the end of what was looked at; shape `[m × k]`. */
  readonly cut: Float64Array;
  /** Waits, neighbours that waited together counted once; shape `[m]`. */
  readonly runs: Float64Array;
}

/** Chosen. */
const TAIL_GROWTH = 1.3;

/**
 * Waits of the requests `[0, end)`; nothing later is looked at.
 *
 * @param ageMillis - Lower bounds of the age buckets, ascending from 0.
 */
export function collectEpisodes(
  columns: TraceColumns,
  end: number,
  ageMillis: Float64Array,
): ReuseEpisodes {
  const { offsets, blocks, timeMillis } = columns;
  const { distinctBlocks } = shapeOf(columns);
  const features = createReuseFeatures(columns);
  const codes = new Uint32Array(longestChainOf(columns));
  const latest = new Uint32Array(distinctBlocks).fill(NONE);
  const latestCode = new Uint32Array(distinctBlocks);
  const counts = createCounts(ageMillis);
  for (let r = 0; r < end; r++) {
    features.observe(r, codes);
    for (let i = offsets[r]; i < offsets[r + 1]; i++) {
      const block = blocks[i];
      const touched = latest[block];
      if (touched !== NONE) {
        counts.add(latestCode[block], touched, timeMillis[r] - timeMillis[touched], 'touched');
      }
      latest[block] = r;
      latestCode[block] = codes[i - offsets[r]];
    }
  }
  for (let block = 0; block < distinctBlocks; block++) {
    if (latest[block] === NONE) continue;
    const wait = timeMillis[end - 1] - timeMillis[latest[block]];
    counts.add(latestCode[block], latest[block], wait, 'cut');
  }
  return { ageMillis, ...counts.columns() };
}

/**
 * Lower bounds of at most `count` age buckets such that each holds about as many of the touches before `end`, but none is
 * narrower than a tenth of the median wait: logs tick (in seconds, say), and a bucket of one tick looks like a peak. Past
 * the last of them the bounds go on geometrically to the length of what was looked at: a large cache lives in that tail.
 */
export function ageBucketsOf(columns: TraceColumns, end: number, count: number): Float64Array {
  const runs = waitRuns(columns, end);
  const order = runs.waits.map((_, i) => i).sort((a, b) => runs.waits[a] - runs.waits[b]);
  const total = runs.blocks.reduce((sum, blocks) => sum + blocks, 0);
  const quantiles: number[] = [];
  let passed = 0;
  for (const run of order) {
    passed += runs.blocks[run];
    while (quantiles.length < count && passed > (total * quantiles.length) / count) {
      quantiles.push(runs.waits[run]);
    }
  }
  const leastWidth = (quantiles[count >>> 1] ?? 0) / 10;
  const bounds = [0];
  for (const quantile of quantiles) {
    const bound = Math.floor(quantile) + 1;
    if (bound > bounds[bounds.length - 1] + leastWidth) bounds.push(bound);
  }
  const spanMillis = end === 0 ? 0 : columns.timeMillis[end - 1] - columns.timeMillis[0];
  for (let bound = bounds[bounds.length - 1] * TAIL_GROWTH; bound < spanMillis && bound > 0; ) {
    bounds.push(Math.floor(bound));
    bound *= TAIL_GROWTH;
  }
  return Float64Array.from(bounds);
}

/** Width of each age bucket in milliseconds; the last, which is open, is taken to be as wide as all before it. */
export function widthsOf(ageMillis: ArrayLike<number>): Float64Array {
  const bounds = Float64Array.from(ageMillis);
  const last = bounds[bounds.length - 1];
  return bounds.map((bound, k) => (bounds[k + 1] ?? 2 * last + 1) - bound);
}

function waitRuns({ offsets, blocks, timeMillis, parents }: TraceColumns, end: number) {
  const latest = new Uint32Array(parents.length).fill(NONE);
  const runs = { waits: [] as number[], blocks: [] as number[] };
  for (let r = 0; r < end; r++) {
    for (let i = offsets[r]; i < offsets[r + 1]; ) {
      const touched = latest[blocks[i]];
      const first = i;
      while (i < offsets[r + 1] && latest[blocks[i]] === touched) latest[blocks[i++]] = r;
      if (touched === NONE) continue;
      runs.waits.push(timeMillis[r] - timeMillis[touched]);
      runs.blocks.push(i - first);
    }
  }
  return runs;
}

function bucketOf(ageMillis: ArrayLike<number>, age: number): number {
  let low = 0;
  let high = ageMillis.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (ageMillis[middle] <= age) low = middle;
    else high = middle;
  }
  return low;
}

/** Sums by code; a run goes on while code and the request that began the wait stay the same. */
function createCounts(ageMillis: Float64Array) {
  const ages = ageMillis.length;
  const rows = new Map<number, number>();
  const counts = { touched: [] as number[], cut: [] as number[] };
  const runs: number[] = [];
  const last = { code: -1, since: -1, row: 0, bucket: 0 };
  const rowOf = (code: number): number => {
    const known = rows.get(code);
    if (known !== undefined) return known;
    for (let k = 0; k < ages; k++) {
      counts.touched.push(0);
      counts.cut.push(0);
    }
    rows.set(code, runs.length);
    return runs.push(0) - 1;
  };
  return {
    add(code: number, since: number, wait: number, ending: 'touched' | 'cut'): void {
      if (code !== last.code || since !== last.since) {
        last.row = rowOf(code);
        last.bucket = bucketOf(ageMillis, wait);
        last.code = code;
        last.since = since;
        runs[last.row]++;
      }
      counts[ending][last.row * ages + last.bucket]++;
    },
    columns: () => ({
      codes: Uint32Array.from(rows.keys()),
      touched: Float64Array.from(counts.touched),
      cut: Float64Array.from(counts.cut),
      runs: Float64Array.from(runs),
    }),
  };
}
