import type { TotalsColumns } from './totals-columns.ts';

/** What a batch of events adds to an index. A store applies a batch of one id once. */
export interface BatchDelta {
  /** Digest of the content, unless the caller gives one. */
  readonly batchId: string;
  /** Where it comes from, for people: a file's path, `http`. */
  readonly source: string;
  readonly events: number;
  /** The newest event; -Infinity where there is none. */
  readonly newestMillis: number;
  readonly totals: TotalsColumns;
}
