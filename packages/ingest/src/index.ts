export type { BlockNames } from './block-names.ts';
export {
  type BlockStatisticsOptions,
  blockStatisticsPlan,
  blockSumsPlan,
  SCORE_UNIT,
  type ScoreUnits,
} from './block-statistics.ts';
export {
  addBlockSums,
  BLOCK_SUMS,
  blockScoresPlan,
  type LandmarkSums,
  scanBlockSums,
} from './block-sums.ts';
export { type DetectedFiles, detectFiles, lookAtLog } from './detect-files.ts';
export type { RequestPages } from './order-requests.ts';
export type { DuplicateFile, QualityReport } from './quality.ts';
export { type BadRecord, type Quarantine, withQuarantine } from './quarantine.ts';
export type { ReadProgress } from './read-files.ts';
export { type KeyRows, type ReadKeyRowsOptions, readKeyRows } from './read-key-rows.ts';
export {
  type ReadTrace,
  type ReadTraceOptions,
  readTrace,
  requireBlocks,
  type TraceSource,
} from './read-trace.ts';
