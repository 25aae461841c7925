import type { Registry } from '../registry/registry.ts';
import type { Entry, OwnerKey, OwnerRef } from '../registry/types.ts';
import type { EntryUses } from './entry-uses.ts';
import type { OffloadedContext, OffloadStore } from './offload-store.ts';
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
  /** True while the entry's owner is one of those whose contexts are coming back. */
  readonly isAskedFor: (entry: Entry) => boolean;
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
  askedFor: readonly OwnerRef[];
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
    askedFor: [],
    offloads: 0,
    broughtBack: 0,
  };
  for await (const { label, registration } of store.list(onFailure)) {
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
    bringBack: (owners) => bringBack(state, owners),
    isAskedFor: ({ key }) => state.askedFor.some((owner) => covers(owner, key)),
    forget: async (owners) => {
      // All: also those that a clear has forgotten and whose files are still there.
      const labels = owners === undefined ? [...state.away.keys()] : awayOf(state, owners);
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

interface Returning {
  readonly label: string;
  readonly found: Away;
  readonly context: OffloadedContext;
}

/**
 * All of these owners or none, so that what comes back does not make room by sending its neighbours away; nor those of the
 * owners' contexts that are here already. The registration itself ends the files: the observer sees that their contexts are
 * here again.
 */
async function bringBack(state: OffloadingState, owners: readonly OwnerRef[]): Promise<number> {
  const { registry, store, uses, away, turns } = state;
  const read = await Promise.all(
    awayOf(state, owners).map((label) =>
      turns.take(label, async (): Promise<Returning | undefined> => {
        const found = away.get(label);
        return found && { label, found, context: await store.read(label) };
      }),
    ),
  );
  const returning = read
    .filter((each) => each !== undefined)
    .filter(({ label, found }) => away.get(label) === found);
  if (returning.length === 0) return 0;
  const { generation } = returning[0].found;
  state.askedFor = owners;
  try {
    const registered = registry.registerMany(
      returning.map(({ context }) => ({ ...context.registration, generation })),
    );
    for (const [at, { entry }] of registered.entries()) {
      uses.addEarlier(entry, returning[at].context.uses);
    }
  } finally {
    state.askedFor = [];
  }
  state.broughtBack += returning.length;
  return returning.length;
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
