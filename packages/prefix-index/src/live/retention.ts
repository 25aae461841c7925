/** What a live index forgets by itself. */
export interface RetentionRule {
  /** Prefixes not seen for so long before the newest event; nothing where it is undefined. */
  readonly keepMillis: number | undefined;
  readonly newestMillis: () => number;
  readonly prune: (beforeMillis: number) => Promise<unknown>;
}

/** Chosen: a rewrite of the store for each twentieth part of what is kept. */
const PRUNES_A_KEEP = 20;

/** Prunes when it is called, but not often. */
export function createRetention(rule: RetentionRule): () => Promise<void> {
  const { keepMillis, newestMillis, prune } = rule;
  let prunedBeforeMillis = Number.NEGATIVE_INFINITY;
  return async () => {
    if (keepMillis === undefined) return;
    const beforeMillis = newestMillis() - keepMillis;
    if (!(beforeMillis >= prunedBeforeMillis + keepMillis / PRUNES_A_KEEP)) return;
    await prune(beforeMillis);
    prunedBeforeMillis = beforeMillis;
  };
}
