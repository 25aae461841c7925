import type { LiveIndex } from '../live/live-index.ts';

/** Answers as they are sent, encoded, for as long as nothing has changed that they depend on. */
export interface TextCache {
  /**
   * The answer to a question about these tenants, or about all: the one given before, where no event and no feedback of
   * these tenants came since, and nothing was forgotten.
   */
  readonly answer: (
    question: string,
    tenants: readonly string[] | undefined,
    make: () => Buffer,
  ) => Buffer;
}

interface Kept {
  readonly text: Buffer;
  readonly version: number;
}

/** Chosen: some hundred answers of a hundred hints. */
const MOST_BYTES = 32 * 2 ** 20;

/** An answer depends on the question and on the index alone: time is event time. */
export function createTextCache(live: Pick<LiveIndex, 'watch' | 'index'>): TextCache {
  const kept = new Map<string, Kept>();
  const changes = new Map<string, number>();
  let allChanges = 0;
  let keptBytes = 0;
  let totals = live.index().totals();
  live.watch(({ tenants }) => {
    allChanges++;
    for (const tenant of tenants) changes.set(tenant, (changes.get(tenant) ?? 0) + 1);
  });
  const forget = (question: string, { text }: Kept): void => {
    kept.delete(question);
    keptBytes -= text.length;
  };
  /** An index that has forgotten something has other totals, and says nothing. */
  const forgetAfterPrune = (): void => {
    const current = live.index().totals();
    if (current === totals) return;
    totals = current;
    kept.clear();
    keptBytes = 0;
  };
  return {
    answer: (question, tenants, make) => {
      forgetAfterPrune();
      const version =
        tenants?.reduce((sum, tenant) => sum + (changes.get(tenant) ?? 0), 0) ?? allChanges;
      const known = kept.get(question);
      if (known?.version === version) return known.text;
      if (known !== undefined) forget(question, known);
      const text = make();
      if (text.length > MOST_BYTES) return text;
      kept.set(question, { text, version });
      keptBytes += text.length;
      for (const [oldest, entry] of kept) {
        if (keptBytes <= MOST_BYTES) break;
        forget(oldest, entry);
      }
      return text;
    },
  };
}
