import { shapeOf, type TraceColumns } from '@wavetune/core';
import type { Pool } from '@wavetune/pool';
import {
  buildForest,
  type Cohort,
  ceilingTask,
  countPrefixesByLength,
  countSavedTokens,
  describeCohorts,
  EXACT_PIN_CELLS,
  type ExtentCount,
  extentsTask,
  type KvSize,
  keepAll,
  keepCohorts,
  LAYOUT_ORDERS,
  type LayoutOrder,
  layoutPages,
  type PageLayout,
  type PinSet,
  type PlannedWave,
  type PrefixForest,
  planWaves,
  selectPins,
  selectTopCohorts,
  WAVE_DEFAULTS,
} from '@wavetune/prefix';

/** What shaping needs to know beside the trace. */
export interface ShapeOptions {
  /** What KV takes, where anyone said. */
  readonly size: KvSize | undefined;
  /** Of one page, where anyone said. */
  readonly pageBytes: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly topK: number;
  readonly halfLifeMillis: number;
  readonly waves: number;
  readonly windowMillis: number;
  readonly minIoBytes: number;
}

/** What a trace's prefixes look like and how their pages should lie. */
export interface TraceShapeResult {
  readonly forest: PrefixForest;
  readonly ceilingHitTokens: number;
  /** Over whole chains and all blocks. */
  readonly extents: Readonly<Record<LayoutOrder, ExtentCount>>;
  /** Distinct prefixes by length in blocks. */
  readonly prefixesByLength: Uint32Array;
  /** By saved tokens, descending; only such as save any. */
  readonly cohorts: readonly Cohort[];
  readonly pins: PinSet | undefined;
  /** Pages of the kept blocks: the pinned ones, else those of the cohorts. */
  readonly layout: PageLayout;
  readonly waves: readonly PlannedWave[];
  readonly asOfMillis: number;
}

/** Builds the forest, then everything that stands on it; independent parts run in the pool. */
export async function shapeTrace(
  pool: Pool,
  columns: TraceColumns,
  options: ShapeOptions,
): Promise<TraceShapeResult> {
  const { requests } = shapeOf(columns);
  const forest = buildForest(columns);
  const [ceiling, extents] = await Promise.all([
    pool.run(ceilingTask, { columns, window: { begin: 0, end: requests } }),
    pool.run(extentsTask, { forest, kept: keepAll(forest), orders: LAYOUT_ORDERS }),
  ]);
  const selected = selectSharedCohorts(forest, options.topK);
  const asOfMillis = columns.timeMillis[requests - 1];
  const cohorts = describeCohorts(columns, forest, {
    selected,
    size: options.size ?? { per: 'token', bytes: 0 },
    decay: { halfLifeMillis: options.halfLifeMillis, asOfMillis },
  });
  const pins = pinsOf(forest, options);
  const layout = layoutPages(forest, 'packed', pins?.kept ?? keepCohorts(forest, selected));
  return {
    forest,
    ceilingHitTokens: ceiling.hitTokens,
    extents: extents as Readonly<Record<LayoutOrder, ExtentCount>>,
    prefixesByLength: countPrefixesByLength(forest),
    cohorts,
    pins,
    layout,
    waves: wavesOf(columns, forest, { ...options, layout }),
    asOfMillis,
  };
}

/** The top cohorts without those that a single request passes through: they save nothing. */
function selectSharedCohorts(forest: PrefixForest, limit: number): Uint32Array {
  const saved = countSavedTokens(forest);
  const selected = selectTopCohorts(forest, Math.min(limit, saved.length));
  return selected.filter((cohort) => saved[cohort] > 0);
}

function pinsOf(forest: PrefixForest, { memoryBytes, size }: ShapeOptions): PinSet | undefined {
  if (memoryBytes === undefined || size === undefined) return undefined;
  return selectPins(forest, { budgetBytes: memoryBytes, size, exactCells: EXACT_PIN_CELLS });
}

function wavesOf(
  columns: TraceColumns,
  forest: PrefixForest,
  options: ShapeOptions & { readonly layout: PageLayout },
): readonly PlannedWave[] {
  const { layout, waves, windowMillis, minIoBytes, pageBytes } = options;
  if (pageBytes === undefined) return [];
  return planWaves(columns, forest, {
    ...WAVE_DEFAULTS,
    layout,
    waves,
    windowMillis,
    minIoBytes,
    pageBytes,
  });
}
