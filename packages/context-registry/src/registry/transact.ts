import { agentLabelOf, labelOf } from './owner-key.ts';
import { spellPrompt } from './prompt.ts';
import { registryError } from './registry-errors.ts';
import { residentBlocksAfter } from './resident.ts';
import { type RegistryState, tellObservers } from './state.ts';
import { createStore, type Draft, type Held } from './store.ts';
import type {
  Entry,
  Registration,
  RegistryChange,
  RegistryObserver,
  RemovalReason,
} from './types.ts';

/** A transaction: `removed` with the reason for each. */
interface Plan {
  readonly added: readonly Draft[];
  readonly removed: ReadonlyMap<Held, RemovalReason>;
}

/** Checks, encodes and hashes registrations; changes nothing. */
export function draftEntries(
  state: RegistryState,
  registrations: readonly Registration[],
): readonly Draft[] {
  const seen = new Map<string, number>();
  return registrations.map((registration, index) => {
    const label = labelOf(registration.key);
    const before = seen.get(label);
    if (before !== undefined) {
      throw registryError('registry.duplicate-key', { label, indexes: [before, index] });
    }
    seen.set(label, index);
    return draftEntry(state, registration, label);
  });
}

function draftEntry(state: RegistryState, registration: Registration, label: string): Draft {
  const { options, generation } = state;
  if (registration.generation !== undefined && registration.generation !== generation) {
    throw registryError('registry.cleared-since', { found: registration.generation, generation });
  }
  const spelling = spellPrompt(registration, options);
  const { tenant, agent, context } = registration.key;
  const entry = Object.freeze({
    key: Object.freeze(tenant === undefined ? { agent, context } : { tenant, agent, context }),
    label,
    scope: Object.freeze({ ...registration.scope }),
    tokenCount: spelling.tokens.length,
    blockCount: spelling.names.length / 2,
    registeredMillis: options.nowMillis(),
    vector: registration.vector,
  });
  return { ...spelling, entry };
}

/** Applies a registration of drafts, and whatever admission sends away for them. */
export function admit(state: RegistryState, added: readonly Draft[]): void {
  const removed = new Map<Held, RemovalReason>();
  for (const { entry } of added) {
    const old = state.held.get(entry.label);
    if (old !== undefined) removed.set(old, 'replaced');
  }
  if (state.admission !== undefined) {
    const evicted = state.admission.makeRoom(changeOf({ added, removed }), (entries) =>
      residentBlocksAfter(state.store, added, [...removed.keys(), ...heldOf(state, entries)]),
    );
    for (const held of heldOf(state, evicted)) {
      if (!removed.has(held)) removed.set(held, 'evicted');
    }
  }
  transact(state, { added, removed });
}

/**
 * Applies a plan to everything or to nothing: first every index says that it can, then all do, then observers hear of it.
 * The order is the store, the indexes as they were attached, the observers as they came.
 *
 * What comes is stored before what goes is forgotten, so that a context that grows keeps the blocks that it has.
 *
 * @throws WavetuneError `registry.index-failed`, after everyone was told, where an index broke its promise to apply.
 */
export function transact(state: RegistryState, plan: Plan): void {
  if (state.indexFailure !== undefined) throw state.indexFailure;
  const change = changeOf(plan);
  const applications = state.indexes.map((index) => [index.name, index.prepare(change)] as const);
  const added = plan.added.map((draft) => state.store.insert(draft));
  for (const held of plan.removed.keys()) forget(state, held);
  for (const held of added) remember(state, held);
  for (const [name, apply] of applications) applyTo(state, name, apply);
  tellObservers(state, [
    ...[...plan.removed].map(
      ([{ entry }, reason]) =>
        (observer: RegistryObserver) =>
          observer.removed?.(entry, reason),
    ),
    ...plan.added.map(
      ({ entry }) =>
        (observer: RegistryObserver) =>
          observer.added?.(entry),
    ),
  ]);
  if (state.indexFailure !== undefined) throw state.indexFailure;
}

/** The change has begun: what one index fails at, the others do nevertheless. */
function applyTo(state: RegistryState, index: string, apply: () => void): void {
  try {
    apply();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    state.indexFailure ??= registryError('registry.index-failed', { index, reason }, { cause });
  }
}

/** Removes everything, and gives the memory back. @returns how many entries there were. */
export function clearAll(state: RegistryState): number {
  const removed = new Map([...state.held.values()].map((held) => [held, 'cleared' as const]));
  transact(state, { added: [], removed });
  state.store = createStore(state.options.blockSize);
  state.generation++;
  return removed.size;
}

function changeOf({ added, removed }: Plan): RegistryChange {
  return {
    added: added.map(({ entry }) => entry),
    removed: [...removed.keys()].map(({ entry }) => entry),
  };
}

function heldOf(state: RegistryState, entries: readonly Entry[]): readonly Held[] {
  return entries.map((entry) => {
    const held = state.held.get(entry.label);
    if (held?.entry === entry) return held;
    throw registryError('registry.unknown-owner', { label: entry.label, known: state.held.size });
  });
}

function forget(state: RegistryState, held: Held): void {
  const { entry } = held;
  state.store.remove(held);
  state.held.delete(entry.label);
  state.counts.tokens -= entry.tokenCount;
  state.counts.blockReferences -= entry.blockCount;
  const agent = agentLabelOf(entry.key);
  const labels = state.agents.get(agent);
  labels?.delete(entry.label);
  if (labels?.size === 0) state.agents.delete(agent);
}

function remember(state: RegistryState, held: Held): void {
  const { key, label, tokenCount, blockCount } = held.entry;
  state.held.set(label, held);
  state.counts.tokens += tokenCount;
  state.counts.blockReferences += blockCount;
  const agent = agentLabelOf(key);
  const labels = state.agents.get(agent);
  if (labels === undefined) state.agents.set(agent, new Set([label]));
  else labels.add(label);
}
