import type { Source } from '@wavetune/ir';

/** What is known of a table before anything runs; all optional parts help, none is needed. */
export interface TableStatistics {
  readonly rows: number;
  readonly columns?: Readonly<Record<string, ColumnStatistics>>;
}

export interface ColumnStatistics {
  /** Of a value, on average. */
  readonly bytes?: number;
  readonly distincts?: number;
  /** Of a number. */
  readonly min?: number;
  readonly max?: number;
  /** In `[0, 1]`. */
  readonly nullShare?: number;
}

/** The statistics of what a scan reads; undefined where nothing is known. */
export type TableLookup = (source: Source) => TableStatistics | undefined;
