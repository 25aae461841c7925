import { NONE, type TraceColumns } from '@wavetune/core';
import type { PrefixForest } from './forest.ts';
import { selectPercentile } from './percentile.ts';

/** Times between one request through a cohort and the next, milliseconds; exact. */
export interface ReuseIntervals {
  readonly median: number;
  readonly p90: number;
}

/** Intervals held at a time, 8 bytes each. Chosen: 32 MiB, above which a pass more costs less than the memory. */
const INTERVALS_A_PASS = 1 << 22;

/**
 * Median and 90th percentile (interpolated: `selectPercentile`) of the reuse intervals of the selected cohorts; undefined
 * for a cohort that only one request passes through.
 *
 * Each request climbs from its last cohort through the selected ones above it and leaves an interval at each. The
 * selection is worked off in passes of at most 4 Mi intervals (or one cohort), so memory is bounded whatever is selected.
 *
 * Cost: O(intervals of the selection + passes × (requests + cohorts)).
 *
 * @param selected - Cohorts, none twice.
 * @returns In the order of `selected`.
 */
export function measureReuse(
  columns: TraceColumns,
  forest: PrefixForest,
  selected: Uint32Array,
): readonly (ReuseIntervals | undefined)[] {
  const measured: (ReuseIntervals | undefined)[] = [];
  for (let begin = 0; begin < selected.length; ) {
    let end = begin;
    let intervals = 0;
    do intervals += forest.counts[selected[end++]] - 1;
    while (end < selected.length && intervals + forest.counts[selected[end]] <= INTERVALS_A_PASS);
    for (const one of measurePass(columns, forest, selected.subarray(begin, end)))
      measured.push(one);
    begin = end;
  }
  return measured;
}

function measurePass(
  columns: TraceColumns,
  forest: PrefixForest,
  selected: Uint32Array,
): readonly (ReuseIntervals | undefined)[] {
  const ends = new Uint32Array(selected.length + 1);
  for (let i = 0; i < selected.length; i++) {
    ends[i + 1] = ends[i] + forest.counts[selected[i]] - 1;
  }
  const intervals = collectIntervals(columns, forest, { selected, ends });
  return Array.from(selected, (_, i) => {
    const own = intervals.subarray(ends[i], ends[i + 1]);
    if (own.length === 0) return undefined;
    return { median: selectPercentile(own, 50), p90: selectPercentile(own, 90) };
  });
}

function collectIntervals(
  columns: TraceColumns,
  forest: PrefixForest,
  { selected, ends }: { readonly selected: Uint32Array; readonly ends: Uint32Array },
): Float64Array {
  const { offsets, blocks, timeMillis } = columns;
  const { nearest, above } = linkSelected(forest, selected);
  const fill = ends.slice(0, selected.length);
  const previous = new Float64Array(selected.length).fill(Number.NaN);
  const intervals = new Float64Array(ends[selected.length]);
  for (let r = 0; r + 1 < offsets.length; r++) {
    if (offsets[r + 1] === offsets[r]) continue;
    const time = timeMillis[r];
    let i = nearest[forest.cohortOf[blocks[offsets[r + 1] - 1]]];
    for (; i !== NONE; i = above[i]) {
      const since = time - previous[i];
      previous[i] = time;
      if (!Number.isNaN(since)) intervals[fill[i]++] = since;
    }
  }
  return intervals;
}

/** For each cohort the nearest selected one at or above it; for each selected the next one above. */
function linkSelected(forest: PrefixForest, selected: Uint32Array) {
  const { parents } = forest;
  const nearest = new Uint32Array(parents.length).fill(NONE);
  const above = new Uint32Array(selected.length).fill(NONE);
  for (let i = 0; i < selected.length; i++) nearest[selected[i]] = i;
  for (let c = 0; c < parents.length; c++) {
    const inherited = parents[c] === NONE ? NONE : nearest[parents[c]];
    if (nearest[c] === NONE) nearest[c] = inherited;
    else above[nearest[c]] = inherited;
  }
  return { nearest, above };
}
