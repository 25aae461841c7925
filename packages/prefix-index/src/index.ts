export { createPrefixIndex, type PrefixIndex } from './index/prefix-index.ts';
export { digestOfFile } from './ingest/file-digest.ts';
export {
  type DeltaSource,
  type DeltaTools,
  readDelta,
} from './ingest/read-delta.ts';
export type { TokenCost } from './ingest/trace-totals.ts';
export type {
  EventBatch,
  FeedbackBatch,
  FeedbackReceipt,
  IndexChange,
  IndexStats,
  IngestReceipt,
  LiveIndex,
  LiveOptions,
} from './live/live-index.ts';
export { openLiveIndex } from './live/open-live-index.ts';
export { isDiskFailure } from './log/disk-failure.ts';
export type { Salvage } from './log/salvage-log.ts';
export { prefixIndexError } from './prefix-index-errors.ts';
export type {
  BatchRecord,
  CommitOutcome,
  IndexStore,
  StoreChange,
  StoreKind,
  StoreState,
  VerifyReport,
} from './stores/index-store.ts';
export type { OpenStoreOptions } from './stores/open-bare-store.ts';
export { openStore } from './stores/open-store.ts';
export { salvageStore } from './stores/salvage-store.ts';
export type { WantedSettings } from './stores/settings-match.ts';
export { type CreditOptions, type Credits, createCredits } from './suggest/credits.ts';
export { type Entry, entries } from './suggest/entry.ts';
export { type Explanation, explain, type Verdict } from './suggest/explain.ts';
export { MOST_HINTS, suggest } from './suggest/suggest.ts';
export type { Hint, LayerPages, Suggestion, SuggestQuery } from './suggest/suggestion.ts';
export type { BatchDelta } from './totals/batch-delta.ts';
export { type Feedback, feedbackTotals, OUTCOMES, type Outcome } from './totals/feedback.ts';
export { type EntryKey, FUTURE_MILLIS, type PrefixEvent } from './totals/prefix-event.ts';
export {
  DEFAULT_SETTINGS,
  MASS_AT,
  type StoreSettings,
  WEIGHTS,
  type Weight,
} from './totals/settings.ts';
export {
  AT,
  EMPTY_ROW,
  ROW_WIDTH,
  TOTALS_NUMBERS,
  TOTALS_RULES,
  type TotalsColumns,
  type TotalsNumber,
} from './totals/totals-columns.ts';
export { createTotalsTable, type TotalsTable } from './totals/totals-table.ts';
