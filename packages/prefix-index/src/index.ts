export { createPrefixIndex, type PrefixIndex } from './index/prefix-index.ts';
export { prefixIndexError } from './prefix-index-errors.ts';
export type { BatchDelta } from './totals/batch-delta.ts';
export type { EntryKey, PrefixEvent } from './totals/prefix-event.ts';
export { DEFAULT_SETTINGS, type StoreSettings, WEIGHTS, type Weight } from './totals/settings.ts';
export {
  AT,
  ROW_WIDTH,
  TOTALS_NUMBERS,
  type TotalsColumns,
  type TotalsNumber,
} from './totals/totals-columns.ts';
export { createTotalsTable, type TotalsTable } from './totals/totals-table.ts';
