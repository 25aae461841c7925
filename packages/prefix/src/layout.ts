import { NONE, sharedUint32 } from '@wavetune/core';
import { blocksOf, type PrefixForest } from './forest.ts';
import { orderDescending } from './radix-order.ts';

/** Orders in which pages are given to blocks; `packed` is ours, the others are what it is compared with. */
export const LAYOUT_ORDERS = ['arrival', 'hottest', 'packed'] as const;
export type LayoutOrder = (typeof LAYOUT_ORDERS)[number];

/**
 * A set of blocks closed under parent: the number of leading blocks that are kept of each cohort, shape `[k]`. Where it
 * is not 0, the parent cohort is kept whole.
 */
export type KeptBlocks = Uint32Array;

/** A page for every kept block; the kept blocks of a cohort lie on one run of pages in all three orders. */
export interface PageLayout {
  /** Pages given out: `[0, pages)`. */
  readonly pages: number;
  readonly kept: KeptBlocks;
  /** The page of each cohort's first block, `NONE` where nothing of it is kept; shape `[k]`. */
  readonly startPages: Uint32Array;
}

/** Every block. */
export function keepAll(forest: PrefixForest): KeptBlocks {
  const kept = sharedUint32(forest.counts.length);
  for (let c = 0; c < kept.length; c++) kept[c] = blocksOf(forest, c);
  return kept;
}

/** The blocks of the selected cohorts and of all cohorts above them. Cost: O(cohorts). */
export function keepCohorts(forest: PrefixForest, selected: Uint32Array): KeptBlocks {
  const kept = sharedUint32(forest.counts.length);
  for (const c of selected) kept[c] = blocksOf(forest, c);
  for (let c = kept.length - 1; c >= 0; c--) {
    const parent = forest.parents[c];
    if (kept[c] > 0 && parent !== NONE) kept[parent] = blocksOf(forest, parent);
  }
  return kept;
}

/**
 * Gives pages to the kept blocks.
 *
 * - `arrival`: in order of first appearance.
 * - `hottest`: most requests first, ties in order of first appearance.
 * - `packed`: depth-first, the most-travelled child first, ties in order of first appearance. For one copy of each block
 *   no layout has fewer extents a request on average: at each node one child at most can follow its parent directly,
 *   these choices are independent, and the heaviest saves most. Every break along a chain at least halves the requests
 *   (heavy paths: Sleator and Tarjan, 1983, weighted by requests), so no chain has more than log2(requests) + 1 extents.
 *
 * Cost: O(cohorts), no recursion: in descending order of requests a parent comes before its children and children come in
 * their order, so each takes the next free page of its parent's range.
 */
export function layoutPages(
  forest: PrefixForest,
  order: LayoutOrder,
  kept: KeptBlocks,
): PageLayout {
  const startPages = sharedUint32(kept.length).fill(NONE);
  const visits = order === 'arrival' ? undefined : orderDescending(forest.counts);
  const pages =
    order === 'packed' && visits !== undefined
      ? placeDepthFirst(forest, { kept, visits, startPages })
      : placeInTurn({ kept, visits, startPages });
  return { pages, kept, startPages };
}

/** The kept blocks in page order, shape `[pages]`. Cost: O(cohorts + pages). */
export function blocksInPageOrder(forest: PrefixForest, layout: PageLayout): Uint32Array {
  const order = sharedUint32(layout.pages);
  for (let c = 0; c < layout.kept.length; c++) {
    const block = forest.starts[c];
    const page = layout.startPages[c];
    for (let i = 0; i < layout.kept[c]; i++) order[page + i] = block + i;
  }
  return order;
}

/** The extents that the requests' kept prefixes lie in. */
export interface ExtentCount {
  /** Requests with a kept block. */
  readonly requests: number;
  /** Summed over requests. */
  readonly extents: number;
  /** Kept blocks of the requests' chains, summed over requests. */
  readonly pageReads: number;
  /** Most extents of one request. */
  readonly mostExtents: number;
  /** Mean extents a request; undefined where no request has a kept block. */
  readonly meanExtents: number | undefined;
}

/**
 * Counts extents, the maximal runs of ascending neighbouring pages along a chain, over all requests' kept prefixes.
 *
 * All requests through a cohort cross into it by one edge, so the sum over requests is a sum over cohorts of those that
 * do not follow their parent's last page.
 *
 * Cost: O(cohorts), 4 bytes a cohort.
 */
export function countExtents(forest: PrefixForest, layout: PageLayout): ExtentCount {
  const { parents, counts } = forest;
  const { kept, startPages } = layout;
  const along = new Uint32Array(kept.length);
  let requests = 0;
  let extents = 0;
  let pageReads = 0;
  let mostExtents = 0;
  for (let c = 0; c < kept.length; c++) {
    if (kept[c] === 0) continue;
    const parent = parents[c];
    const isRoot = parent === NONE;
    if (isRoot) requests += counts[c];
    const breaks = isRoot || startPages[c] !== startPages[parent] + kept[parent] ? 1 : 0;
    along[c] = (isRoot ? 0 : along[parent]) + breaks;
    if (along[c] > mostExtents) mostExtents = along[c];
    extents += breaks * counts[c];
    pageReads += kept[c] * counts[c];
  }
  const meanExtents = requests === 0 ? undefined : extents / requests;
  return { requests, extents, pageReads, mostExtents, meanExtents };
}

interface Placement {
  readonly kept: KeptBlocks;
  readonly visits: Uint32Array | undefined;
  readonly startPages: Uint32Array;
}

function placeInTurn({ kept, visits, startPages }: Placement): number {
  let page = 0;
  for (let i = 0; i < kept.length; i++) {
    const c = visits === undefined ? i : visits[i];
    if (kept[c] === 0) continue;
    startPages[c] = page;
    page += kept[c];
  }
  return page;
}

function placeDepthFirst(
  forest: PrefixForest,
  { kept, visits, startPages }: Placement & { readonly visits: Uint32Array },
): number {
  const { parents } = forest;
  const below = Uint32Array.from(kept);
  for (let c = kept.length - 1; c >= 0; c--) {
    if (parents[c] !== NONE) below[parents[c]] += below[c];
  }
  const free = new Uint32Array(kept.length);
  let page = 0;
  for (const c of visits) {
    if (kept[c] === 0) continue;
    const parent = parents[c];
    const start = parent === NONE ? page : free[parent];
    startPages[c] = start;
    free[c] = start + kept[c];
    if (parent === NONE) page += below[c];
    else free[parent] += below[c];
  }
  return page;
}
