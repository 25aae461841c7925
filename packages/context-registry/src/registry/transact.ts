import { agentLabelOf, labelOf, scopeLabelOf } from './owner-key.ts';
import { encodePrompt } from './prompt.ts';
import { registryError } from './registry-errors.ts';
import { commonTokens, prefixOfBlocks } from './share.ts';
import type { Held, RegistryState } from './state.ts';
import type { Entry, ExactPrefix, Registration, RegistryChange, RemovalReason } from './types.ts';

/** A transaction: `removed` with the reason for each. */
interface Plan {
  readonly added: readonly Held[];
  readonly removed: ReadonlyMap<Held, RemovalReason>;
}

/** Checks and encodes registrations; changes nothing. */
export function draftEntries(
  state: RegistryState,
  registrations: readonly Registration[],
): readonly Held[] {
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

function draftEntry(state: RegistryState, registration: Registration, label: string): Held {
  const { options, generation } = state;
  if (registration.generation !== undefined && registration.generation !== generation) {
    throw registryError('registry.cleared-since', { found: registration.generation, generation });
  }
  const tokens = encodePrompt(registration, options);
  const { tenant, agent, context } = registration.key;
  const scope = registration.scope ?? {};
  const entry = Object.freeze({
    key: Object.freeze(tenant === undefined ? { agent, context } : { tenant, agent, context }),
    label,
    scope: Object.freeze({ ...scope }),
    tokenCount: tokens.length,
    blockCount: Math.floor(tokens.length / options.blockSize),
    registeredMillis: options.nowMillis(),
    vector: registration.vector,
  });
  return { entry, scopeLabel: scopeLabelOf(scope), tokens };
}

/** Applies a registration of drafts, and whatever admission sends away for them. */
export function admit(state: RegistryState, added: readonly Held[]): void {
  const removed = new Map<Held, RemovalReason>();
  for (const { entry } of added) {
    const old = state.held.get(entry.label);
    if (old !== undefined) removed.set(old, 'replaced');
  }
  if (state.admission !== undefined) {
    const change = changeOf({ added, removed });
    const evicted = state.admission.makeRoom(change, (entries) =>
      blocksAfter(state, { added, removed: [...removed.keys(), ...heldOf(state, entries)] }),
    );
    for (const held of heldOf(state, evicted)) removed.set(held, 'evicted');
  }
  transact(state, { added, removed });
}

/**
 * Applies a plan to everything or to nothing: first every index says that it can, then all do, then observers hear of it.
 */
export function transact(state: RegistryState, plan: Plan): void {
  const change = changeOf(plan);
  const applications = state.indexes.map((index) => index.prepare(change));
  for (const held of plan.removed.keys()) forget(state, held);
  for (const held of plan.added) hold(state, held);
  for (const apply of applications) apply();
  for (const observer of state.observers) {
    for (const [{ entry }, reason] of plan.removed) observer.removed?.(entry, reason);
    for (const { entry } of plan.added) observer.added?.(entry);
  }
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

function forget(state: RegistryState, { entry }: Held): void {
  state.held.delete(entry.label);
  const agent = agentLabelOf(entry.key);
  const labels = state.agents.get(agent);
  labels?.delete(entry.label);
  if (labels?.size === 0) state.agents.delete(agent);
}

function hold(state: RegistryState, held: Held): void {
  const { key, label } = held.entry;
  state.held.set(label, held);
  const agent = agentLabelOf(key);
  const labels = state.agents.get(agent);
  if (labels === undefined) state.agents.set(agent, new Set([label]));
  else labels.add(label);
}

function blocksAfter(
  state: RegistryState,
  change: { readonly added: readonly Held[]; readonly removed: readonly Held[] },
): number {
  const gone = new Set(change.removed);
  const kept = [...state.held.values()].filter((held) => !gone.has(held));
  return countDistinct([...kept, ...change.added], state.options.blockSize);
}

/** Distinct blocks of the contexts together. */
export function countDistinct(all: readonly Held[], blockSize: number): number {
  const seen = new Set<string>();
  for (const { scopeLabel, tokens, entry } of all) {
    for (let block = 1; block <= entry.blockCount; block++) {
      seen.add(`${scopeLabel}${tokens.subarray(0, block * blockSize).join()}`);
    }
  }
  return seen.size;
}

/** The longest prefix of a draft that is held before it is applied. */
export function prefixHeld(state: RegistryState, draft: Held): ExactPrefix {
  let common = 0;
  for (const held of state.held.values()) {
    if (held.scopeLabel !== draft.scopeLabel) continue;
    common = Math.max(common, commonTokens(held.tokens, draft.tokens));
  }
  return prefixOfBlocks(state, Math.floor(common / state.options.blockSize));
}
