import { NONE, type TraceColumns, tokensOfPrefix } from '@wavetune/core';
import { coalesceRanges } from './extents.ts';
import { blocksOf, type PrefixForest } from './forest.ts';
import { keepAll, layoutPages, type PageLayout } from './layout.ts';
import { prefixError } from './prefix-errors.ts';
import { orderDescending } from './radix-order.ts';
import { pickTile, snakeOrder, type Tile } from './tiles.ts';

export interface WaveOptions {
  /** Requests that arrive in one such slice of time run together; slices start at multiples of it. */
  readonly windowMillis: number;
  /** Windows to plan, at most. */
  readonly waves: number;
  /** Bytes of a page in one layer of `layers`. */
  readonly pageBytes: number;
  /** Names of the stores that a page is spread over; its extents are fetched from each. */
  readonly layers: readonly string[];
  /** Extents of fewer bytes are left to be computed. */
  readonly minIoBytes: number;
  /** Columns of the product that the wave's tokens are the rows of. */
  readonly n: number;
  /** Of the product's inputs. */
  readonly dtypeBytes: number;
  /** Most tiles in a `tile_order`. */
  readonly maxTiles: number;
}

/** `--window-ms 20`; BCache's least extent; one layer that holds all of a page; a 4,096-wide bf16 product; 1,024 tiles (chosen). */
export const WAVE_DEFAULTS = {
  windowMillis: 20,
  layers: ['0'],
  minIoBytes: 512 * 1024,
  n: 4096,
  dtypeBytes: 2,
  maxTiles: 1024,
} as const;

/** A wave as BCache reads it; every whole number is an int32. */
export interface BcacheWave {
  /** Request numbers. */
  readonly pack_order: readonly number[];
  /** `[m, n]`. */
  readonly tile_order: readonly (readonly [number, number])[];
  readonly bm: number;
  readonly bn: number;
  readonly bk: number;
  readonly cluster_shape: readonly [number, number];
  readonly tmem_layout: {
    readonly columns: number;
    readonly phases: number;
    readonly double_buffer: boolean;
    readonly stage_n: number;
  };
  /** `[layer, first page, last page]`, the last included. */
  readonly io_extents: readonly (readonly [string, number, number])[];
  /** `[begin, end)` in steps of the wave, one step an extent fetched, then one a tile. */
  readonly swap_window: readonly [number, number];
}

/** A wave, and the window that it was planned for. */
export interface PlannedWave {
  readonly beginMillis: number;
  readonly requests: number;
  /** Distinct kept pages that its requests touch. */
  readonly pages: number;
  readonly wave: BcacheWave;
}

/**
 * Plans waves for the busiest windows: those whose requests touch most kept pages, ties to the earlier; in order of time.
 *
 * A wave packs its requests in depth-first order of the whole forest, so that requests follow one another by the length
 * of what they share. It fetches the kept pages that they touch, coalesced, without extents under `minIoBytes`; weights
 * may be swapped from the end of the fetch to the end of the tiles. Tiles cover the tokens that the kept pages do not.
 *
 * Cost: O(requests + cohorts + distinct cohorts touched, summed over windows).
 *
 * @param layout - Pages of the kept blocks.
 * @throws WavetuneError `prefix.bad-option`, `wave.no-legal-tile`, `wave.not-int32` for a page or request past 2^31 - 1.
 */
export function planWaves(
  columns: TraceColumns,
  forest: PrefixForest,
  options: WaveOptions & { readonly layout: PageLayout },
): readonly PlannedWave[] {
  checkOptions(options);
  const { layout } = options;
  const scene: Scene = {
    columns,
    forest,
    layout,
    positions: layoutPages(forest, 'packed', keepAll(forest)).startPages,
    nearestKept: findNearestKept(forest, layout),
    touchedBy: new Uint32Array(layout.kept.length).fill(NONE),
  };
  return selectWindows(scene, options).map((window) => planWave(scene, window, options));
}

interface Scene {
  readonly columns: TraceColumns;
  readonly forest: PrefixForest;
  readonly layout: PageLayout;
  /** Depth-first rank of each cohort. */
  readonly positions: Uint32Array;
  /** The nearest cohort at or above it with a kept block, or `NONE`. */
  readonly nearestKept: Uint32Array;
  /** Who visited it last. */
  readonly touchedBy: Uint32Array;
}

interface Window {
  readonly begin: number;
  readonly end: number;
  readonly pages: number;
}

function findNearestKept({ parents }: PrefixForest, { kept }: PageLayout): Uint32Array {
  const nearest = new Uint32Array(kept.length);
  for (let c = 0; c < nearest.length; c++) {
    nearest[c] = kept[c] > 0 ? c : parents[c] === NONE ? NONE : nearest[parents[c]];
  }
  return nearest;
}

function selectWindows(scene: Scene, { windowMillis, waves }: WaveOptions): readonly Window[] {
  const { timeMillis } = scene.columns;
  const ends = new Uint32Array(timeMillis.length);
  const pages = new Uint32Array(timeMillis.length);
  for (let begin = 0; begin < timeMillis.length; begin = ends[begin]) {
    const slice = Math.floor(timeMillis[begin] / windowMillis);
    let end = begin + 1;
    while (end < timeMillis.length && Math.floor(timeMillis[end] / windowMillis) === slice) end++;
    ends[begin] = end;
    pages[begin] = touchPages(scene, { begin, end, visitor: begin });
  }
  return Array.from(orderDescending(pages).slice(0, waves).sort())
    .filter((begin) => pages[begin] > 0)
    .map((begin) => ({ begin, end: ends[begin], pages: pages[begin] }));
}

interface Visit {
  readonly begin: number;
  readonly end: number;
  /** Differs from visit to visit. */
  readonly visitor: number;
  readonly onCohort?: (cohort: number) => void;
}

/** Counts the distinct kept pages of a window's requests; `onCohort` sees each cohort with such pages once. */
function touchPages(scene: Scene, { begin, end, visitor, onCohort }: Visit): number {
  const { columns, forest, layout, nearestKept, touchedBy } = scene;
  let pages = 0;
  for (let r = begin; r < end; r++) {
    const cohort = lastCohort(columns, forest, r);
    let c = cohort === NONE ? NONE : nearestKept[cohort];
    for (; c !== NONE && touchedBy[c] !== visitor; c = forest.parents[c]) {
      touchedBy[c] = visitor;
      pages += layout.kept[c];
      onCohort?.(c);
    }
  }
  return pages;
}

function lastCohort(columns: TraceColumns, forest: PrefixForest, request: number): number {
  const end = columns.offsets[request + 1];
  return end === columns.offsets[request] ? NONE : forest.cohortOf[columns.blocks[end - 1]];
}

function planWave(scene: Scene, { begin, end, pages }: Window, options: WaveOptions): PlannedWave {
  const m = Math.max(1, countTokensToCompute(scene, begin, end));
  const tile = pickTile({ m, n: options.n, dtypeBytes: options.dtypeBytes });
  const rows = Math.ceil(m / tile.bm);
  const columns = Math.ceil(options.n / tile.bn);
  const tileOrder = snakeOrder(rows, columns, options.maxTiles);
  const ioExtents = planFetch(scene, { begin, end }, options);
  return {
    beginMillis:
      Math.floor(scene.columns.timeMillis[begin] / options.windowMillis) * options.windowMillis,
    requests: end - begin,
    pages,
    wave: {
      pack_order: packRequests(scene, begin, end),
      tile_order: tileOrder,
      ...tileFields(tile),
      io_extents: ioExtents,
      swap_window: [ioExtents.length, ioExtents.length + tileOrder.length],
    },
  };
}

/** `tmem_layout` is what BCache's own planner writes; of a tile it depends on the stages alone. */
function tileFields({ bm, bn, bk, cluster, stageN }: Tile) {
  return {
    bm,
    bn,
    bk,
    cluster_shape: cluster,
    tmem_layout: { columns: 8, phases: 4, double_buffer: true, stage_n: stageN },
  };
}

/** Prompt tokens less those of the kept prefixes. */
function countTokensToCompute(scene: Scene, begin: number, end: number): number {
  const { columns, forest, layout, nearestKept } = scene;
  let tokens = 0;
  for (let r = begin; r < end; r++) {
    tokens += columns.inputTokens[r];
    const cohort = lastCohort(columns, forest, r);
    const kept = cohort === NONE ? NONE : nearestKept[cohort];
    if (kept === NONE) continue;
    const blocks = forest.depths[kept] - blocksOf(forest, kept) + layout.kept[kept];
    tokens -= tokensOfPrefix(columns, r, blocks);
  }
  return tokens;
}

function packRequests(scene: Scene, begin: number, end: number): readonly number[] {
  checkInt32('a request number', end - 1);
  const rank = (request: number): number => {
    const cohort = lastCohort(scene.columns, scene.forest, request);
    return cohort === NONE ? NONE : scene.positions[cohort];
  };
  return Array.from({ length: end - begin }, (_, i) => ({
    request: begin + i,
    at: rank(begin + i),
  }))
    .sort((a, b) => a.at - b.at || a.request - b.request)
    .map(({ request }) => request);
}

function planFetch(
  scene: Scene,
  { begin, end }: { readonly begin: number; readonly end: number },
  { pageBytes, minIoBytes, layers }: WaveOptions,
): readonly (readonly [string, number, number])[] {
  const { kept, startPages } = scene.layout;
  const cohorts: number[] = [];
  const visitor = scene.columns.timeMillis.length + begin;
  touchPages(scene, { begin, end, visitor, onCohort: (c) => cohorts.push(c) });
  cohorts.sort((a, b) => startPages[a] - startPages[b]);
  const extents = coalesceRanges(
    cohorts.map((c) => startPages[c]),
    cohorts.map((c) => startPages[c] + kept[c] - 1),
  ).filter(({ pages }) => pages * pageBytes >= minIoBytes);
  return layers.flatMap((layer) =>
    extents.map(({ startPage, pages }): readonly [string, number, number] => [
      layer,
      startPage,
      checkInt32('the last page of an extent', startPage + pages - 1),
    ]),
  );
}

function checkInt32(field: string, value: number): number {
  if (!(value >= 0 && value <= 0x7fff_ffff)) {
    throw prefixError('wave.not-int32', { field, found: value });
  }
  return value;
}

function checkOptions(options: WaveOptions): void {
  for (const option of ['windowMillis', 'pageBytes', 'n', 'dtypeBytes', 'maxTiles'] as const) {
    if (options[option] > 0 && options[option] < Number.POSITIVE_INFINITY) continue;
    throw prefixError('prefix.bad-option', {
      option,
      found: options[option],
      accepted: 'a positive number',
    });
  }
  if (options.waves >= 0) return;
  throw prefixError('prefix.bad-option', {
    option: 'waves',
    found: options.waves,
    accepted: 'a number of windows, 0 or more',
  });
}
