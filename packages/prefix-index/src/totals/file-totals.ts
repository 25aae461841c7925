import type { TotalsColumns } from './totals-columns.ts';

/** What a file sums to. */
export interface FileTotals {
  readonly totals: TotalsColumns;
  /** Good ones. */
  readonly events: number;
  /** The names of all columns, where the file has named columns and they are known. */
  readonly columns?: readonly string[];
}
