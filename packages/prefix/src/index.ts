export { type BlockTable, expandBlocks } from './block-table.ts';
export { type CeilingHits, countCeilingHits } from './ceiling.ts';
export {
  type Cohort,
  countSavedTokens,
  countTenants,
  describeCohorts,
  type KvSize,
  selectTopCohorts,
} from './cohorts.ts';
export { coalesceExtents, coalesceRanges, type Extent } from './extents.ts';
export {
  blocksOf,
  buildForest,
  countPrefixesByLength,
  type PrefixForest,
  tokensOf,
} from './forest.ts';
export {
  blocksInPageOrder,
  countExtents,
  type ExtentCount,
  type KeptBlocks,
  keepAll,
  keepCohorts,
  LAYOUT_ORDERS,
  type LayoutOrder,
  layoutPages,
  type PageLayout,
} from './layout.ts';
export { EXACT_PIN_CELLS, type PinOptions, type PinSet, selectPins } from './pins.ts';
export {
  addEvent,
  type Decay,
  type DecayedScore,
  emptyScore,
  mergeScores,
  readScore,
  scoreCohorts,
} from './popularity.ts';
export { measureReuse, type ReuseIntervals } from './reuse.ts';
export {
  type CeilingInput,
  type CohortReuse,
  ceilingTask,
  type ExtentsByOrder,
  type ExtentsInput,
  extentsTask,
  type ReuseInput,
  reuseTask,
} from './tasks.ts';
export { BCACHE_TILES, pickTile, snakeOrder, type Tile } from './tiles.ts';
export { verifyColumns } from './verify-columns.ts';
export {
  type BcacheWave,
  type PlannedWave,
  planWaves,
  WAVE_DEFAULTS,
  type WaveOptions,
} from './waves.ts';
