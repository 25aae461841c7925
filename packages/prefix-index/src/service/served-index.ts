import type { SnapshotReceipt } from '../live/journal.ts';
import type { FeedbackReceipt, IndexStats, IngestReceipt } from '../live/live-index.ts';
import type { SuggestQuery } from '../suggest/suggestion.ts';
import type { Caller } from './access.ts';
import type { ExplainQuestion, FeedbackBody, IngestBody } from './request-schemas.ts';
import type { HeldText } from './text-rooms.ts';

/**
 * A live index as the service asks it, here or in a thread of its own. Answers are JSON, encoded. Whatever it is given
 * can be cloned.
 */
export interface ServedIndex {
  /**
   * Takes a batch for a caller; resolves when it is durable and in the index.
   *
   * @param body - JSON, as it was sent, or what was read and checked already.
   * @throws WavetuneError `http.invalid-json-body`, `service.bad-request`, `service.foreign-tenant`, and as a live index.
   */
  readonly ingest: (writer: Writer, body: Uint8Array | IngestBody) => Promise<IngestAnswer>;
  /** Of a prefix that the index does not know there is nothing to lower, and nothing is kept. */
  readonly feedback: (writer: Writer, body: Uint8Array | FeedbackBody) => Promise<FeedbackReceipt>;
  /** Whoever gets the answer holds it. @throws WavetuneError `prefix-index.bad-option` */
  readonly suggest: (query: ServedQuery) => Promise<SuggestAnswer<HeldText>>;
  /** @throws WavetuneError `service.ambiguous-prefix`, `prefix-index.bad-option` */
  readonly explain: (named: NamedEntry, query: ServedQuery) => Promise<Uint8Array>;
  readonly list: (range: EntryRange) => Promise<Uint8Array>;
  readonly snapshot: () => Promise<SnapshotReceipt>;
  readonly stats: () => Promise<ServedStats>;
  /** Calls after each change, in their order and before the batch is acknowledged, until the function that it gives is called. */
  readonly watch: (listener: (change: NumberedChange) => void) => () => void;
  /** Resolves with the reason where the index has ended by itself; it takes and answers nothing from then on. */
  readonly ended: Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** A served index where it is: answers are bytes, and nobody has to hold them. */
export interface BareIndex extends Omit<ServedIndex, 'suggest'> {
  readonly suggest: (query: ServedQuery) => Promise<SuggestAnswer<Uint8Array>>;
}

/** Who sends a batch, and of which tenants it may be. */
export type Writer = Pick<Caller, 'name' | 'tenants'>;

/** What a caller may set of a question. */
export type ServedQuery = Omit<SuggestQuery, 'creditBytes'>;

/** An entry by its prefix; where tenant or model are not told, the one that is meant has to be the only one. */
export type NamedEntry = Pick<ExplainQuestion, 'prefix_id' | 'model_id' | 'tenant'>;

/** A stretch of the index, in order of first appearance. */
export interface EntryRange {
  /** All where it is undefined. */
  readonly tenants: readonly string[] | undefined;
  /** That of the newest event where it is undefined. */
  readonly asOfMillis: number | undefined;
  readonly offset: number;
  readonly limit: number;
}

export interface IngestAnswer {
  readonly receipt: IngestReceipt;
  /** How many the batch had. */
  readonly events: number;
}

export interface SuggestAnswer<Text> {
  readonly text: Text;
  /** The number of the last change that is in it; changes after it may be in it in part. */
  readonly asOfChange: number;
  /** What making it took. */
  readonly tookMillis: number;
  /** It depends on the index alone. */
  readonly mayBeKept: boolean;
}

/** A change of the index. Numbers go up by one, from 1. */
export interface NumberedChange {
  readonly number: number;
  /** Those that it concerns; all where it is undefined. */
  readonly tenants: readonly string[] | undefined;
}

export interface ServedStats extends IndexStats {
  /** Of the best hundred as of the newest event, the best first. */
  readonly scores: readonly number[];
}
