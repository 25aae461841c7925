import type { Vector } from './vector.ts';

/** Rows of a result, column by column, in memory of its own. */
export interface Chunk {
  readonly rowCount: number;
  /** In the order of the plan's schema. */
  readonly columns: readonly Vector[];
}
