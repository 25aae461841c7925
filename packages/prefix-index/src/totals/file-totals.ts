import type { TotalsColumns } from './totals-columns.ts';

/** What a file sums to. */
export interface FileTotals {
  readonly totals: TotalsColumns;
  /** Good ones. */
  readonly events: number;
}
