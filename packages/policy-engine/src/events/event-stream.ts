import type { EventColumns } from './event-columns.ts';

/** Item events, read, and what was found on the way. */
export interface EventStream {
  readonly columns: EventColumns;
  /** What they were read as: `item log`, or the name of a trace's format. */
  readonly source: string;
  readonly badRecords: number;
  /** Records that came after a later one; they were sorted in. */
  readonly outOfOrder: number;
}
