import type { BatchDelta } from '../totals/batch-delta.ts';
import type { StoreSettings } from '../totals/settings.ts';
import type { TotalsColumns } from '../totals/totals-columns.ts';

/** Of a batch that was applied, what stays when its totals are merged. */
export type BatchRecord = Omit<BatchDelta, 'totals'>;

/** What a commit adds, in one piece. */
export interface StoreChange {
  /** The batches that the totals are of. */
  readonly batches: readonly BatchRecord[];
  readonly totals: TotalsColumns;
  /** The last frame of the log that this includes, where a log stands before the store. */
  readonly logSequence?: number;
}

/** `known`: one of its batches is in the store. `expired`: all its events are older than what was pruned. */
export type CommitOutcome = 'applied' | 'known' | 'expired';

export interface StoreState {
  /** 16 hexadecimal digits, made with the store. */
  readonly storeId: string;
  readonly settings: StoreSettings;
  /** 0 before the first. */
  readonly logSequence: number;
  /** -Infinity where nothing was pruned. */
  readonly prunedBeforeMillis: number;
  /** A key that several commits added to counts several times, until `compact`. */
  readonly rowCount: number;
  /** On disk, or in the server; of a memory store 0. */
  readonly sizeBytes: number;
}

/** What `verify` found; it throws where anything is damaged. */
export interface VerifyReport {
  readonly rows: number;
  readonly keys: number;
  readonly batches: number;
  /** Changes in the log that the store does not hold yet. */
  readonly logRecords: number;
  /** Behind the last whole frame: a write that was cut short, or damage at the very end, which looks alike. */
  readonly logTornBytes: number;
}

/**
 * The totals of all batches ever committed, durable, each batch once. One writer at a time, unless the store says that
 * several share it.
 */
export interface IndexStore {
  readonly kind: StoreKind;
  /** As it was opened with. */
  settings(): StoreSettings;
  state(): Promise<StoreState>;
  /** All totals; a key may come several times, and its rows then add up. */
  load(): AsyncIterable<TotalsColumns>;
  /** A commit is near: what it needs whatever its change may be made meanwhile. `close` takes it back. */
  prepare?(): void;
  /** Which of these batches are not forgotten, in any order. */
  knownBatches(batchIds: readonly string[]): Promise<readonly string[]>;
  /** The batches that are not forgotten. */
  batches(): AsyncIterable<BatchRecord>;
  /**
   * Atomic; durable when it resolves. A change other than `applied` changes nothing.
   *
   * @throws WavetuneError `index-disk.*`: nothing was changed, and a later commit may succeed.
   */
  commit(change: StoreChange): Promise<CommitOutcome>;
  /**
   * Forgets keys last seen before this time, and batches whose newest event is older: such a batch is `expired` from
   * then on.
   *
   * @returns How many keys.
   */
  prune(beforeMillis: number): Promise<number>;
  /** A row a key. */
  compact(): Promise<void>;
  /** Reads everything. @throws WavetuneError `index-store.damaged`, `index-log.*`. */
  verify(): Promise<VerifyReport>;
  /**
   * Where several writers share the store: calls with each change that anybody commits after what `load` gave, in the
   * order in which they were committed. Once, and after `load`.
   */
  follow?(follower: Follower): Following;
  close(): Promise<void>;
}

/** Who follows a shared store. */
export interface Follower {
  readonly onChange: (change: StoreChange) => void;
  /** Changes were missed, because the store was out of reach for too long: load anew. */
  readonly onLost: (failure: unknown) => void;
}

export interface Following {
  /** Resolves when the follower has been given all that this store had committed. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

export type StoreKind = 'memory' | 'jsonl' | 'duckdb' | 'redis';
