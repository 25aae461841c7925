import type { IndexStore } from '../stores/index-store.ts';

/** Chosen: a rewrite costs as much as the four commits that it tidies up. */
const ROWS_A_KEY = 4;

/** When a store is worth compacting. */
export interface CompactionRule {
  /** Keys that the index holds. */
  readonly keyCount: () => number;
  readonly leastRows: number;
}

/** Rewrites a store that holds many rows a key. */
export async function compactWhereDue(store: IndexStore, rule: CompactionRule): Promise<void> {
  const { rowCount } = await store.state();
  if (rowCount < rule.leastRows || rowCount < ROWS_A_KEY * rule.keyCount()) return;
  await store.compact();
}
