import { createVllmBlockHasher } from '@wavetune/trace';
import { answerMatch, answerShared } from './answers.ts';
import { labelOf } from './owner-key.ts';
import { encodePrompt, type SettledOptions, settleOptions } from './prompt.ts';
import { registryError } from './registry-errors.ts';
import { findHeld, type RegistryState } from './state.ts';
import { admit, countDistinct, draftEntries, prefixHeld, transact } from './transact.ts';
import type {
  Admission,
  Entry,
  Match,
  OwnerKey,
  OwnerRef,
  Prompt,
  Registered,
  Registration,
  RegistryIndex,
  RegistryObserver,
  RegistryOptions,
  RegistryStats,
  SharedContext,
} from './types.ts';

/**
 * The contexts of one model's agents: which KV blocks they truly share, and what is nearly the same.
 *
 * Every call is synchronous and all or nothing: one that throws has changed nothing, here or in an attached index.
 */
export interface Registry {
  readonly options: SettledOptions;
  /** Rises with every `clear`. */
  readonly generation: number;
  /** Registers one context; its key may be registered already, and is replaced then. */
  register(registration: Registration): Registered;
  /** Registers all or none. @throws WavetuneError `registry.duplicate-key` and what `register` throws. */
  registerMany(registrations: readonly Registration[]): readonly Registered[];
  /** Removes all or none. @throws WavetuneError `registry.unknown-owner`. */
  remove(keys: readonly OwnerKey[], reason?: 'removed' | 'evicted'): void;
  /** How much of `target` each of `ids` already holds. @throws WavetuneError `registry.unknown-owner`. */
  sharedContext(ids: readonly OwnerRef[], target: Prompt | OwnerKey): SharedContext;
  /** What of a prompt the registry holds, and what comes near. */
  match(prompt: Prompt): Match;
  get(key: OwnerKey): Entry | undefined;
  /** Every entry of the agent, or the one context. @throws WavetuneError `registry.unknown-owner`. */
  entriesOf(ref: OwnerRef): readonly Entry[];
  /** In order of registration. */
  entries(): IterableIterator<Entry>;
  /** The tokens of a registered entry, a copy. */
  tokensOf(entry: Entry): Uint32Array;
  /** The vLLM names of its blocks, u64. */
  blockNamesOf(entry: Entry): BigUint64Array;
  /** Blocks that no other entry holds: what removing it alone would free. */
  exclusiveBlocksOf(entry: Entry): number;
  /** The tokens of a prompt, checked. @throws WavetuneError as `register` does for the same prompt. */
  encode(prompt: Prompt): Uint32Array;
  /** Removes everything. @returns how many entries there were. */
  clear(): number;
  stats(): RegistryStats;
  /** Adds an index. It is given what is registered already as its first change; where it throws, it is not attached. */
  attach(index: RegistryIndex): void;
  /** At most one. @throws WavetuneError `registry.bad-option` at the second. */
  admitBy(admission: Admission): void;
  /** @returns what ends the observation. */
  observe(observer: RegistryObserver): () => void;
}

/** @throws WavetuneError `registry.bad-option`. */
export function createRegistry(options: RegistryOptions): Registry {
  const state: RegistryState = {
    options: settleOptions(options),
    held: new Map(),
    agents: new Map(),
    indexes: [],
    observers: new Set(),
    admission: undefined,
    generation: 0,
  };
  return {
    options: state.options,
    get generation() {
      return state.generation;
    },
    ...writesOf(state),
    ...answersOf(state),
    ...hooksOf(state),
  };
}

function writesOf(state: RegistryState) {
  const registerMany = (registrations: readonly Registration[]): readonly Registered[] => {
    const drafts = draftEntries(state, registrations);
    const results = drafts.map((draft) => ({
      entry: draft.entry,
      replaced: state.held.has(draft.entry.label),
      held: prefixHeld(state, draft),
    }));
    admit(state, drafts);
    return results;
  };
  return {
    registerMany,
    register: (registration: Registration) => registerMany([registration])[0],
    remove(keys: readonly OwnerKey[], reason: 'removed' | 'evicted' = 'removed') {
      const removed = new Map(keys.map((key) => [findHeld(state, key)[0], reason]));
      transact(state, { added: [], removed });
    },
    clear() {
      const removed = new Map([...state.held.values()].map((held) => [held, 'cleared' as const]));
      transact(state, { added: [], removed });
      state.generation++;
      return removed.size;
    },
  };
}

function answersOf(state: RegistryState) {
  const tokensOf = (entry: Entry) => findHeld(state, entry.key)[0].tokens.slice();
  const entries = function* () {
    for (const { entry } of state.held.values()) yield entry;
  };
  return {
    entries,
    tokensOf,
    sharedContext: (ids: readonly OwnerRef[], target: Prompt | OwnerKey) =>
      answerShared(state, ids, target),
    match: (prompt: Prompt) => answerMatch(state, prompt),
    get: (key: OwnerKey) => state.held.get(labelOf(key))?.entry,
    entriesOf: (ref: OwnerRef) => findHeld(state, ref).map(({ entry }) => entry),
    blockNamesOf(entry: Entry) {
      const { blockSize, hashSeed: seed } = state.options;
      const words = new Uint32Array(2 * entry.blockCount);
      createVllmBlockHasher({ seed, blockSize }).hash(tokensOf(entry), words, entry.scope);
      return new BigUint64Array(words.buffer);
    },
    exclusiveBlocksOf(entry: Entry) {
      const others = [...state.held.values()].filter((held) => held.entry !== entry);
      const { blockSize } = state.options;
      return countDistinct([...state.held.values()], blockSize) - countDistinct(others, blockSize);
    },
    encode: (prompt: Prompt) => encodePrompt(prompt, state.options),
    stats: () => statsOf(state),
  };
}

function statsOf(state: RegistryState): RegistryStats {
  const { blockSize, model } = state.options;
  const all = [...state.held.values()];
  const blockReferences = all.reduce((sum, { entry }) => sum + entry.blockCount, 0);
  const distinctBlocks = countDistinct(all, blockSize);
  const savedTokens = (blockReferences - distinctBlocks) * blockSize;
  return {
    contexts: all.length,
    agents: state.agents.size,
    tokens: all.reduce((sum, { entry }) => sum + entry.tokenCount, 0),
    blockReferences,
    distinctBlocks,
    savedTokens,
    savedBytes: savedTokens * model.bytesPerToken,
    residentBytes: distinctBlocks * blockSize * model.bytesPerToken,
  };
}

function hooksOf(state: RegistryState) {
  return {
    attach(index: RegistryIndex) {
      const added = [...state.held.values()].map(({ entry }) => entry);
      index.prepare({ added, removed: [] })();
      state.indexes.push(index);
    },
    admitBy(admission: Admission) {
      if (state.admission !== undefined) {
        throw registryError('registry.bad-option', {
          option: 'admission',
          found: 'a second one',
          accepted: 'one a registry',
        });
      }
      state.admission = admission;
    },
    observe(observer: RegistryObserver) {
      state.observers.add(observer);
      return () => void state.observers.delete(observer);
    },
  };
}
