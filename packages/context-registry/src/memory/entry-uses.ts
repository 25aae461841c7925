import type { Clock } from '@wavetune/core';
import type { Registry } from '../registry/registry.ts';
import type { Entry } from '../registry/types.ts';

/** How an entry was used. */
export interface EntryUse {
  readonly entry: Entry;
  /** Its registration counts as one. */
  readonly uses: number;
  readonly lastUseMillis: number;
  readonly addedMillis: number;
}

/** The uses of every entry that a registry holds, in step with it. */
export interface EntryUses {
  readonly all: () => readonly EntryUse[];
  readonly of: (entry: Entry) => EntryUse | undefined;
  /** Uses of an entry's earlier life are counted on. */
  readonly addEarlier: (entry: Entry, uses: number) => void;
  readonly close: () => void;
}

interface MutableUse {
  entry: Entry;
  uses: number;
  lastUseMillis: number;
  addedMillis: number;
}

/** Time is the clock's monotonic one. */
export function watchUses(
  registry: Registry,
  clock: Clock,
  onUse: (entry: Entry) => void,
): EntryUses {
  const uses = new Map<string, MutableUse>();
  const add = (entry: Entry): void => {
    const nowMillis = clock.monotonicMillis();
    uses.set(entry.label, { entry, uses: 1, lastUseMillis: nowMillis, addedMillis: nowMillis });
  };
  for (const entry of registry.entries()) add(entry);
  const close = registry.observe({
    added: (entry) => {
      add(entry);
      onUse(entry);
    },
    removed: ({ label }) => uses.delete(label),
    used: (entry) => {
      const use = uses.get(entry.label);
      if (use === undefined) return;
      use.uses++;
      use.lastUseMillis = clock.monotonicMillis();
      onUse(entry);
    },
  });
  return {
    all: () => [...uses.values()],
    of: ({ label }) => uses.get(label),
    addEarlier: ({ label }, earlier) => {
      const use = uses.get(label);
      if (use !== undefined) use.uses += earlier;
    },
    close,
  };
}
