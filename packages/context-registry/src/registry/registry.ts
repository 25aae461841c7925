import { NONE } from '@wavetune/core';
import { answerMatch, answerShared } from './answers.ts';
import { labelOf } from './owner-key.ts';
import { encodePrompt, nameBlocks, type SettledOptions, settleOptions } from './prompt.ts';
import { registryError } from './registry-errors.ts';
import { findHeld, type RegistryState } from './state.ts';
import { createStore, type Draft } from './store.ts';
import { prefixOfBlocks, targetOf } from './target.ts';
import { admit, clearAll, draftEntries, transact } from './transact.ts';
import type {
  Admission,
  Entry,
  ExactPrefix,
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
 * Every call is synchronous and all or nothing: one that throws has changed nothing, here or in an attached index. The one
 * exception is `registry.index-failed`, a mistake of an index: that change stands, and every later one is refused.
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
  /** The longest prefix of a prompt that the registry holds, and nothing else: what `match` calls `exact`. */
  heldPrefix(prompt: Prompt): ExactPrefix;
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
  /** Who owns the block that vLLM calls `name`, as its KV events do; empty where none does. */
  ownersOfBlock(name: bigint): readonly OwnerKey[];
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
  const settled = settleOptions(options);
  const state: RegistryState = {
    options: settled,
    store: createStore(settled.blockSize),
    held: new Map(),
    agents: new Map(),
    counts: { tokens: 0, blockReferences: 0 },
    indexes: [],
    observers: new Set(),
    admission: undefined,
    indexFailure: undefined,
    generation: 0,
  };
  const own = {
    options: settled,
    get generation() {
      return state.generation;
    },
  };
  return Object.assign(own, writesOf(state), answersOf(state), hooksOf(state));
}

function writesOf(state: RegistryState) {
  const registerMany = (registrations: readonly Registration[]): readonly Registered[] => {
    const drafts = draftEntries(state, registrations);
    const results = drafts.map((draft) => ({
      entry: draft.entry,
      replaced: state.held.has(draft.entry.label),
      held: prefixOfBlocks(state, heldBlocks(state, draft)),
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
    clear: () => clearAll(state),
  };
}

function heldBlocks({ store }: RegistryState, { tokens, names, scopeLabel }: Draft): number {
  const scope = store.scopes.find(scopeLabel);
  return scope === NONE ? 0 : store.forest.findPrefix({ tokens, names, scope });
}

function answersOf(state: RegistryState) {
  const tokensOf = (entry: Entry) => state.store.tokensOf(findHeld(state, entry.key)[0]);
  const entries = function* () {
    for (const { entry } of state.held.values()) yield entry;
  };
  return {
    entries,
    tokensOf,
    sharedContext: (ids: readonly OwnerRef[], target: Prompt | OwnerKey) =>
      answerShared(state, ids, target),
    heldPrefix: (prompt: Prompt) => prefixOfBlocks(state, targetOf(state, prompt).path.length),
    match: (prompt: Prompt) => answerMatch(state, prompt),
    get: (key: OwnerKey) => state.held.get(labelOf(key))?.entry,
    entriesOf: (ref: OwnerRef) => findHeld(state, ref).map(({ entry }) => entry),
    blockNamesOf: (entry: Entry) =>
      new BigUint64Array(nameBlocks(tokensOf(entry), entry.scope, state.options).buffer),
    ownersOfBlock: (name: bigint) => ownersOfBlock(state, name),
    exclusiveBlocksOf: (entry: Entry) => exclusiveBlocks(state, entry),
    encode: (prompt: Prompt) => encodePrompt(prompt, state.options),
    stats: () => statsOf(state),
  };
}

function ownersOfBlock({ store }: RegistryState, name: bigint): readonly OwnerKey[] {
  const { blocks, runs } = store.forest;
  const block = blocks.named(name);
  if (block === NONE) return [];
  const run = blocks.columns.labels[block];
  return runs.chainsThrough(run, runs.counts[run]).map((chain) => store.heldBy(chain).entry.key);
}

/** The last run of a chain is the only one that can be its alone: runs with the same chains are one. */
function exclusiveBlocks(state: RegistryState, entry: Entry): number {
  const { chain } = findHeld(state, entry.key)[0];
  const { blocks, runs } = state.store.forest;
  if (chain.last === NONE) return 0;
  const run = blocks.columns.labels[chain.last];
  return runs.counts[run] === 1 ? runs.lengthOf(run) : 0;
}

function statsOf({ options, held, agents, counts, store }: RegistryState): RegistryStats {
  const { blockSize, model } = options;
  const { tokens, blockReferences } = counts;
  const distinctBlocks = store.forest.blocks.count;
  const savedTokens = (blockReferences - distinctBlocks) * blockSize;
  return {
    contexts: held.size,
    agents: agents.size,
    tokens,
    blockReferences,
    distinctBlocks,
    distinctContents: store.forest.blocks.contents.count,
    savedTokens,
    savedBytes: savedTokens * model.bytesPerToken,
    residentBytes: distinctBlocks * blockSize * model.bytesPerToken,
    indexBytes: store.sizeBytes,
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
