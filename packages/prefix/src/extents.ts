import { prefixError } from './prefix-errors.ts';

/** A maximal run of neighbouring pages. */
export interface Extent {
  readonly startPage: number;
  readonly pages: number;
}

/**
 * Coalesces touched pages into maximal extents.
 *
 * Cost: O(n), no copy of `pages`. Duplicates are allowed; holes are never filled.
 *
 * @param pages - Page ids in ascending order, shape `[n]`.
 * @returns Extents in ascending order, disjoint and not adjacent.
 * @throws WavetuneError `extent.unsorted-pages` at the first descent, `extent.unsafe-page` at the first that is no page id.
 */
export function coalesceExtents(pages: ArrayLike<number>): readonly Extent[] {
  return coalesceRanges(pages, pages);
}

/**
 * The union of inclusive page ranges as maximal extents: a range joins the extent before it when it starts at most one
 * page after the highest end so far, so a range inside an earlier one changes nothing.
 *
 * Cost: O(n), no copy. Ranges may overlap, nest and repeat.
 *
 * @param starts - First pages in ascending order, shape `[n]`.
 * @param ends - Last pages, included, shape `[n]`.
 * @returns Extents in ascending order, disjoint and not adjacent.
 * @throws WavetuneError `extent.unequal-columns`; and, at the first range it fits: `extent.unsafe-page`,
 * `extent.backward-range`, `extent.unsorted-pages`.
 */
export function coalesceRanges(
  starts: ArrayLike<number>,
  ends: ArrayLike<number>,
): readonly Extent[] {
  if (starts.length !== ends.length) {
    throw prefixError('extent.unequal-columns', { starts: starts.length, ends: ends.length });
  }
  const extents: Extent[] = [];
  let first = -1;
  let last = -2;
  let previous = 0;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i];
    checkRange(i, { start, end: ends[i], previous });
    previous = start;
    if (first >= 0 && start <= last + 1) {
      if (ends[i] > last) last = ends[i];
      continue;
    }
    if (first >= 0) extents.push({ startPage: first, pages: last - first + 1 });
    first = start;
    last = ends[i];
  }
  if (first >= 0) extents.push({ startPage: first, pages: last - first + 1 });
  return extents;
}

/** Page ids are below 2^53 - 1, so that the page after the last one is still a safe integer. */
function checkRange(
  index: number,
  { start, end, previous }: { start: number; end: number; previous: number },
): void {
  if (!isPageId(start)) throw prefixError('extent.unsafe-page', { index, found: start });
  if (!isPageId(end)) throw prefixError('extent.unsafe-page', { index, found: end });
  if (end < start) throw prefixError('extent.backward-range', { index, start, end });
  if (start < previous)
    throw prefixError('extent.unsorted-pages', { index, previous, found: start });
}

function isPageId(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < Number.MAX_SAFE_INTEGER;
}
