import type { Registry } from '../registry/registry.ts';
import type { Entry, OwnerKey, OwnerRef } from '../registry/types.ts';
import type { EntryUses } from './entry-uses.ts';
import type { OffloadStore } from './offload-store.ts';
import { createTurns, type Turns } from './turns.ts';

/** Moves contexts between a registry and files. */
export interface Offloading {
  /**
   * Writes the entry and takes it out of the registry once it is durable.
   *
   * @returns False where it stays: it was used, replaced or removed meanwhile, or could not be written.
   */
  readonly offload: (entry: Entry) => Promise<boolean>;
  readonly bringBack: (owners: readonly OwnerRef[]) => Promise<number>;
  readonly forget: (owners?: readonly OwnerRef[]) => Promise<number>;
  /** Of these owners; of all without them. */
  readonly keys: (owners?: readonly OwnerRef[]) => readonly OwnerKey[];
  readonly offloads: () => number;
  readonly broughtBack: () => number;
  /** Resolves when no file is being written or removed. */
  readonly settle: () => Promise<void>;
}

export interface OffloadingParts {
  readonly registry: Registry;
  readonly store: OffloadStore;
  readonly uses: EntryUses;
  readonly onFailure: (failure: unknown) => void;
}

interface Away {
  readonly key: OwnerKey;
  /** A context that went away before the registry was cleared was cleared too. */
  readonly generation: number;
}

interface OffloadingState extends OffloadingParts {
  readonly away: Map<string, Away>;
  readonly turns: Turns;
  offloads: number;
  broughtBack: number;
}

/**
 * Knows the contexts of the store at once. One that is registered anew while it is away loses its file; so does one that
 * was away when the registry was cleared.
 */
export async function createOffloading(parts: OffloadingParts): Promise<Offloading> {
  const { registry, store, onFailure } = parts;
  const state: OffloadingState = {
    ...parts,
    away: new Map(),
    turns: createTurns(),
    offloads: 0,
    broughtBack: 0,
  };
  for (const { label, registration } of await store.list(onFailure)) {
    const { key } = registration;
    if (registry.get(key) === undefined) {
      state.away.set(label, { key, generation: registry.generation });
    } else {
      await store.remove(label);
    }
  }
  registry.observe({
    added: ({ label }) => {
      if (state.away.has(label)) void drop(state, label);
    },
  });
  return {
    offload: (entry) => state.turns.take(entry.label, () => offload(state, entry)),
    bringBack: async (owners) => {
      let count = 0;
      for (const label of awayOf(state, owners)) {
        if (await state.turns.take(label, () => bringBack(state, label))) count++;
      }
      return count;
    },
    forget: async (owners) => {
      const labels = awayOf(state, owners);
      await Promise.all(labels.map((label) => drop(state, label)));
      return labels.length;
    },
    keys: (owners) => awayOf(state, owners).flatMap((label) => state.away.get(label)?.key ?? []),
    offloads: () => state.offloads,
    broughtBack: () => state.broughtBack,
    settle: () => state.turns.settle(),
  };
}

async function offload(state: OffloadingState, entry: Entry): Promise<boolean> {
  const { registry, store, uses, onFailure } = state;
  const before = uses.of(entry)?.lastUseMillis;
  if (registry.get(entry.key) !== entry) return false;
  const { generation } = registry;
  try {
    await store.write(entry, uses.of(entry)?.uses ?? 0);
  } catch (failure) {
    onFailure(failure);
    return false;
  }
  if (registry.get(entry.key) !== entry || uses.of(entry)?.lastUseMillis !== before) {
    await store.remove(entry.label);
    return false;
  }
  registry.remove([entry.key], 'evicted');
  state.away.set(entry.label, { key: entry.key, generation });
  state.offloads++;
  return true;
}

/** The registration itself ends the file: the observer sees that its context is here again. */
async function bringBack(state: OffloadingState, label: string): Promise<boolean> {
  const { registry, store, uses } = state;
  const found = state.away.get(label);
  if (found === undefined) return false;
  const { registration, uses: earlier } = await store.read(label);
  if (state.away.get(label) !== found) return false;
  const { entry } = registry.register({ ...registration, generation: found.generation });
  uses.addEarlier(entry, earlier);
  state.broughtBack++;
  return true;
}

/** Labels that are away, after those that were cleared are dropped. */
function awayOf(state: OffloadingState, owners?: readonly OwnerRef[]): readonly string[] {
  const { generation } = state.registry;
  for (const [label, away] of state.away) {
    if (away.generation !== generation) void drop(state, label);
  }
  return [...state.away]
    .filter(([, { key }]) => owners === undefined || owners.some((owner) => covers(owner, key)))
    .map(([label]) => label);
}

function covers(owner: OwnerRef, key: OwnerKey): boolean {
  const isAgent = owner.tenant === key.tenant && owner.agent === key.agent;
  return isAgent && (owner.context === undefined || owner.context === key.context);
}

async function drop({ away, turns, store, onFailure }: OffloadingState, label: string) {
  away.delete(label);
  await turns.take(label, () => store.remove(label)).catch(onFailure);
}
