/** The name of the format, beside those of `TRACE_FORMATS`: it is no log of requests, and no plan reads it. */
export const KV_EVENTS = 'kv-events';

/** What an engine published at once. */
export interface KvBatch {
  /** Milliseconds since the Unix epoch. */
  readonly timeMillis: number;
  readonly events: readonly KvEvent[];
  /** Of the data-parallel replica. */
  readonly rank?: number;
}

export type KvEvent = BlocksStored | BlocksRemoved | BlocksCleared;

/**
 * Blocks were computed and are cached, the first of them after `parentHash`, each other after the one before it.
 *
 * A hash is its bytes as hexadecimal text, or its number as decimal u64 (a signed one as the u64 of the same bits). The
 * tokens themselves are read and dropped.
 */
export interface BlocksStored {
  readonly kind: 'stored';
  readonly hashes: readonly string[];
  readonly parentHash?: string;
  /** Tokens a block; 0 where the event does not tell. */
  readonly blockSize: number;
  readonly loraName?: string;
  /** GPU, CPU, CPU_PINNED, DISK, STORAGE, FS, OBJ, EXTERNAL or what else the engine wrote. */
  readonly medium?: string;
}

export interface BlocksRemoved {
  readonly kind: 'removed';
  readonly hashes: readonly string[];
  readonly medium?: string;
}

export interface BlocksCleared {
  readonly kind: 'cleared';
}
