import type { Clock } from '@wavetune/core';
import type { PrefixIndex } from '../index/prefix-index.ts';
import type { CommitOutcome } from '../stores/index-store.ts';
import type { Explanation } from '../suggest/explain.ts';
import type { Suggestion, SuggestQuery } from '../suggest/suggestion.ts';
import type { Feedback } from '../totals/feedback.ts';
import type { EntryKey, PrefixEvent } from '../totals/prefix-event.ts';
import type { StoreSettings } from '../totals/settings.ts';
import type { RefusedEvent } from './admit-events.ts';
import type { SnapshotReceipt } from './journal.ts';

/** An index that a service stands on: answers from memory, and forgets nothing that it has acknowledged. */
export interface LiveIndex {
  /**
   * Takes a batch of events that are well formed. Resolves when they are durable; the index knows them then.
   *
   * @throws WavetuneError `index-disk.*`, `index-store.unreachable`: nothing was taken, send it again later;
   * `live-index.busy`: likewise, after the time in its details; `live-index.closed`.
   */
  ingest(batch: EventBatch): Promise<IngestReceipt>;
  /** Takes what planners did with hints; durable and refused as events are. */
  feedback(batch: FeedbackBatch): Promise<FeedbackReceipt>;
  /** In memory, at once. @throws WavetuneError `prefix-index.bad-option` */
  suggest(query: SuggestQuery): Suggestion;
  explain(key: EntryKey, query: SuggestQuery): Explanation;
  /**
   * Calls after each change, and where something was forgotten, at once and in their order, until the function that it gives
   * is called. What a listener throws goes to `onFailure`.
   */
  watch(listener: (change: IndexChange) => void): () => void;
  /** To read; it moves on with every batch. */
  index(): PrefixIndex;
  stats(): IndexStats;
  /** Puts into the store what the log holds. It also happens by itself. @throws WavetuneError `index-disk.*`: nothing is lost. */
  snapshot(): Promise<SnapshotReceipt>;
  /** Forgets prefixes not seen since, and batches that are older. @returns How many prefixes. */
  prune(beforeMillis: number): Promise<number>;
  /** Refuses what comes from now on, waits for what is under way, takes a snapshot. */
  close(): Promise<void>;
}

export interface EventBatch {
  /** What makes the batch known when it comes again; its content's digest where it is absent. */
  readonly id?: string;
  /** For people: who sent it. */
  readonly source?: string;
  readonly events: readonly PrefixEvent[];
}

export interface FeedbackBatch {
  readonly id?: string;
  readonly source?: string;
  readonly feedback: readonly Feedback[];
}

export interface IngestReceipt {
  readonly batchId: string;
  /** Events that are in the index and were not before. */
  readonly ingested: number;
  /** `known`: the batch was ingested before. `expired`: all its events are older than what was pruned. */
  readonly outcome: CommitOutcome;
  readonly refused: readonly RefusedEvent[];
}

export interface FeedbackReceipt {
  readonly batchId: string;
  readonly accepted: number;
  readonly outcome: CommitOutcome;
  readonly refused: readonly RefusedEvent[];
}

/** What one batch changed, or a prune. */
export interface IndexChange {
  /** Undefined where it may concern all. */
  readonly tenants: ReadonlySet<string> | undefined;
}

export interface IndexStats {
  readonly prefixes: number;
  readonly tenants: number;
  /** -Infinity for an empty index. */
  readonly newestMillis: number;
  readonly batches: number;
  /** Since the start. */
  readonly ingestedEvents: number;
  readonly refusedEvents: number;
  readonly feedbacks: number;
  /** Of batches that wait to become durable, or for the index. */
  readonly queuedBytes: number;
  /** Of what a restart would read again. */
  readonly logBytes: number;
  /** Since the start; a failure is retried at the next one. */
  readonly snapshots: number;
  readonly snapshotFailures: number;
  /** Undefined before the first. */
  readonly lastSnapshotMillis: number | undefined;
}

export interface LiveOptions {
  /** As `openStore` takes it. */
  readonly storeUrl: string;
  /** What the caller insists on; else the store's own. */
  readonly settings: Partial<StoreSettings>;
  readonly clock: Clock;
  /** An event that is later than the clock by more than this is refused; a day unless told. */
  readonly futureMillis?: number;
  /** A snapshot is taken when the log is so long, 64 MiB unless told, … */
  readonly snapshotBytes?: number;
  /** … and so often, a minute unless told. */
  readonly snapshotMillis?: number;
  /**
   * Prefixes not seen for so long before the newest event are forgotten, and batches that are older, whose events are
   * refused from then on; nothing unless told.
   */
  readonly keepMillis?: number;
  /** With a snapshot, a store that has four rows a key and this many, 50,000 unless told, is compacted. */
  readonly compactRows?: number;
  /** What may wait to become durable, or for the index, 64 MiB unless told. */
  readonly queueBytes?: number;
  /**
   * Called where something fails that nobody waits for: a snapshot, which is tried again and loses nothing; following a
   * shared store, which ends; a listener; a change that is durable and for which there is no memory, so that the index
   * lacks it until it is opened again.
   */
  readonly onFailure?: (failure: unknown) => void;
}
