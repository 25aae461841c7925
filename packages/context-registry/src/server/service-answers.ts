import type { OffsetHint } from '../anchors/offset-hints.ts';
import type { ShareabilityReport } from '../anchors/shareability.ts';
import type { MemoryStats } from '../memory/memory-cache.ts';
import type {
  ExactPrefix,
  Match,
  OwnerKey,
  RegistryStats,
  SharedContext,
} from '../registry/types.ts';
import type { Neighbours } from './embedding.ts';

export interface RegisterAnswer {
  readonly registered: readonly {
    readonly owner: OwnerKey;
    readonly tokens: number;
    readonly blocks: number;
    readonly replaced: boolean;
    readonly held: ExactPrefix;
  }[];
  /** The code of why there are no embeddings, where there are none. */
  readonly embeddingFailure?: string;
}

export type SharedAnswer = SharedContext & Neighbours;

export interface MatchAnswer extends Match, Neighbours {
  readonly offsetHints: readonly OffsetHint[];
  /** The share of the prompt whose KV an engine will reuse, as outcomes so far suggest. */
  readonly predictedShare: number | undefined;
}

export interface ClearAnswer {
  readonly cleared: number;
  /** Contexts that lay in files. */
  readonly forgotten: number;
}

export interface ServiceStats {
  readonly registry: RegistryStats;
  readonly memory: MemoryStats | undefined;
  readonly shareability: ShareabilityReport;
  readonly embedder: { readonly name: string; readonly contexts: number } | undefined;
  readonly offsets: number;
  readonly failedEmbeddings: number;
  /** Questions of `match` and `shared` since the start. */
  readonly asked: AskedCounts;
}

export interface AskedCounts {
  /** Something of the prompt was held exactly. */
  readonly hits: number;
  readonly misses: number;
  readonly promptTokens: number;
  /** Held exactly, in full blocks. */
  readonly savedTokens: number;
}
