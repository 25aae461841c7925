import type { LedgerEntry } from './ledger-entry.ts';

/** Entries by their last use, as a list through the entries themselves; every step is O(1). */
export interface UseOrder {
  /** Puts an entry last, be it in the list or not. */
  use(entry: LedgerEntry): void;
  remove(entry: LedgerEntry): void;
  /** The entry whose last use is longest ago. */
  first(): LedgerEntry | undefined;
}

export function createUseOrder(): UseOrder {
  let oldest: LedgerEntry | undefined;
  let newest: LedgerEntry | undefined;
  const remove = (entry: LedgerEntry): void => {
    if (entry.older !== undefined) entry.older.newer = entry.newer;
    else if (oldest === entry) oldest = entry.newer;
    if (entry.newer !== undefined) entry.newer.older = entry.older;
    else if (newest === entry) newest = entry.older;
    entry.older = undefined;
    entry.newer = undefined;
  };
  const use = (entry: LedgerEntry): void => {
    remove(entry);
    entry.older = newest;
    if (newest === undefined) oldest = entry;
    else newest.newer = entry;
    newest = entry;
  };
  return { use, remove, first: () => oldest };
}
