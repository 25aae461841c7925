import type { Tokenizer } from '../tokens/tokenizer.ts';

/** Who owns a context. Two keys are the same owner iff all three fields are equal. */
export interface OwnerKey {
  readonly tenant?: string;
  readonly agent: string;
  readonly context: string;
}

/** One context (`context` given) or all of an agent's. */
export interface OwnerRef {
  readonly tenant?: string;
  readonly agent: string;
  readonly context?: string;
}

/** A prompt: text for the registry's tokenizer (bytes are UTF-8), or token ids. */
export type Content =
  | { readonly text: string | Uint8Array }
  | { readonly tokens: ArrayLike<number> };

/**
 * What but tokens keeps KV blocks apart in the engine. Contexts of different scopes share nothing, and no answer about one
 * scope tells of another.
 */
export interface Scope {
  /** Name of the LoRA adapter. */
  readonly lora?: string;
  /** vLLM's `cache_salt`. */
  readonly cacheSalt?: string;
}

/** A prompt within its scope. */
export type Prompt = Content & {
  readonly scope?: Scope;
  /** Checked against the registry's model where given. */
  readonly model?: string;
};

/** A context to register. */
export type Registration = Prompt & {
  readonly key: OwnerKey;
  /** Carried to the indexes as `Entry.vector`; the registry itself does not read it. */
  readonly vector?: Float32Array;
  /** `Registry.generation` when the work on this registration began; a `clear` since then refuses it. */
  readonly generation?: number;
};

/** A registered context. Immutable: registering its key again makes another entry. */
export interface Entry {
  readonly key: OwnerKey;
  /** The key as canonical text, unique in the registry. */
  readonly label: string;
  readonly scope: Scope;
  readonly tokenCount: number;
  /** Full blocks: the tokens of a partial last block are no block, as in engines. */
  readonly blockCount: number;
  readonly registeredMillis: number;
  readonly vector: Float32Array | undefined;
}

/** What one transaction does, everywhere or nowhere. Entries in `removed` are registered, those in `added` not yet. */
export interface RegistryChange {
  readonly added: readonly Entry[];
  /** Replaced, evicted, removed or cleared entries. */
  readonly removed: readonly Entry[];
}

/** Why an entry left. */
export type RemovalReason = 'replaced' | 'evicted' | 'removed' | 'cleared';

/** How an entry was used: its blocks were matched by a prompt, or it was named in a question. */
export type Use = 'matched' | 'shared';

/** A further index over the same entries, in step with the registry. */
export interface RegistryIndex {
  readonly name: string;
  /**
   * Checks that it can take the change and returns what applies it. Throws where it cannot, having changed nothing; the
   * registry then applies the change nowhere. The returned function may never be called, and must not throw: the change has
   * begun by then, and a registry with such an index refuses all further ones by `registry.index-failed`.
   */
  prepare(change: RegistryChange): () => void;
}

/** Decides what leaves so that something may come in. */
export interface Admission {
  /**
   * Called before a registration is applied.
   *
   * @param residentBlocksAfter - Distinct blocks held if the change were applied with `evicted` removed as well; exact.
   * @returns Entries to evict in the same transaction; never one of `change`.
   * @throws A coded error to refuse the registration.
   */
  makeRoom(
    change: RegistryChange,
    residentBlocksAfter: (evicted: readonly Entry[]) => number,
  ): readonly Entry[];
}

/**
 * Told after a transaction is applied, in its order (removed before added). What it throws goes to
 * `RegistryOptions.onObserverFailure`: nobody else hears of it, and nothing stops.
 */
export interface RegistryObserver {
  added?(entry: Entry): void;
  removed?(entry: Entry, reason: RemovalReason): void;
  used?(entry: Entry, use: Use): void;
}

/** What a registration found. */
export interface Registered {
  readonly entry: Entry;
  readonly replaced: boolean;
  /** The prefix that was already held when it came, by others or by the entry that it replaces. */
  readonly held: ExactPrefix;
}

/** Reusable KV: a prefix that is identical token by token, in full blocks. */
export interface ExactPrefix {
  readonly blocks: number;
  /** Tokens saved: `blocks × block size`. */
  readonly tokens: number;
  /** Of KV cache, for the registry's model. */
  readonly sizeBytes: number;
}

/** Why two prompts share no more than their exact prefix. */
export interface Divergence {
  /** The first token that differs; the whole length where one is a prefix of the other. To the token, not the block. */
  readonly atToken: number;
  /** The block of that token: the first that cannot be shared. */
  readonly atBlock: number;
  /**
   * `none`: they are equal; `ended`: one is a prefix of the other; `replaced`, `inserted`, `removed`: how the prompt
   * differs from the context until they agree again; `moved`: the prompt goes on with what the context has elsewhere;
   * `different`: they do not agree again.
   */
  readonly cause: 'none' | 'ended' | 'replaced' | 'inserted' | 'removed' | 'moved' | 'different';
  /** What stands in the prompt until they agree again (a sample where it is long). */
  readonly prompt: Excerpt;
  /** What stands in the context instead. */
  readonly context: Excerpt;
}

/** Tokens `[begin, end)`; `text` is a beginning of them, and there where the registry has a tokenizer. */
export interface Excerpt {
  readonly begin: number;
  readonly end: number;
  readonly text: string | undefined;
}

/** Something similar that is NOT reusable: advice, never a part of tokens saved. */
export interface AdvisoryMatch {
  /** `passage`: the same tokens at another place; `near-block`: a block that differs in some tokens. */
  readonly kind: 'passage' | 'near-block';
  readonly owner: OwnerKey;
  /** In the prompt. */
  readonly prompt: Excerpt;
  /** In the owner's context. */
  readonly context: Excerpt;
  /** Of the two ranges' sets of token pairs; 1 for a passage. */
  readonly jaccard: number;
  /** Tokens to insert, delete or replace; 0 for a passage. */
  readonly editTokens: number;
  /** Of the SimHashes; undefined for a passage. */
  readonly hammingBits: number | undefined;
}

/** An order of both prompts that would make what they have in common a prefix. */
export interface Reordering {
  /** Ranges of the prompt that stand first, in this order; everything else follows in its old order. */
  readonly promptFirst: readonly Excerpt[];
  /** The same passages in the context, in the same order. */
  readonly contextFirst: readonly Excerpt[];
  /** The exact prefix that the two would then share. Not saved today. */
  readonly wouldShare: ExactPrefix;
}

/** What a prompt and one owner's context have in common. */
export interface ContextShare {
  readonly owner: OwnerKey;
  readonly exact: ExactPrefix;
  readonly divergence: Divergence;
  readonly advisory: readonly AdvisoryMatch[];
  readonly reordering: Reordering | undefined;
}

/** Answer of `sharedContext`. */
export interface SharedContext {
  readonly promptTokens: number;
  /** Of the longest prefix of the target that the whole registry holds, as in `Match`; that they are named is no use. */
  readonly owners: readonly OwnerKey[];
  readonly ownerCount: number;
  /** One a question, in its order: of the agent's contexts but the target, the one with the longest exact prefix. */
  readonly shares: readonly ContextShare[];
  /** The prefix that the prompt and all of them share. */
  readonly common: ExactPrefix;
  /** The longest exact prefix among them: what they together save the prompt. */
  readonly saved: ExactPrefix;
}

/** Answer of `match`. */
export interface Match {
  readonly promptTokens: number;
  /** The longest prefix of the prompt that the registry holds. */
  readonly exact: ExactPrefix;
  /** Who owns the last block of it, at most `ownerLimit`, and how many there are. */
  readonly owners: readonly OwnerKey[];
  readonly ownerCount: number;
  /** Against the owner that goes on most like the prompt; undefined where nothing is similar. */
  readonly nearest: ContextShare | undefined;
  readonly advisory: readonly AdvisoryMatch[];
}

/** Counts of what is held now. All but `indexBytes` are zero after `clear`. */
export interface RegistryStats {
  readonly contexts: number;
  readonly agents: number;
  /** Of all contexts. */
  readonly tokens: number;
  /** Blocks of all contexts, each counted as often as it is used. */
  readonly blockReferences: number;
  readonly distinctBlocks: number;
  /** Distinct blocks regardless of what stands before them. */
  readonly distinctContents: number;
  /** What the contexts save each other: `(references − distinct) × block size`. */
  readonly savedTokens: number;
  readonly savedBytes: number;
  /** KV cache of the distinct blocks. */
  readonly residentBytes: number;
  /** Memory of the registry's own indexes, room to grow included; not zero when empty. */
  readonly indexBytes: number;
}

/** How a registry is made. */
export interface RegistryOptions {
  readonly model: { readonly name: string; readonly bytesPerToken: number };
  readonly tokenizer?: Tokenizer;
  /** 16 unless given. */
  readonly blockSize?: number;
  /** vLLM's `PYTHONHASHSEED`; "0" unless given. */
  readonly hashSeed?: string;
  /** Of one context; 1 Mi unless given. */
  readonly maxTokens?: number;
  readonly nowMillis?: () => number;
  /** Told what an observer threw; must not throw. A warning of the process unless given. */
  readonly onObserverFailure?: (failure: unknown) => void;
}
