/**
 * One use of a prefix's pages. The key of an index entry is (tenant, model, prefix).
 *
 * Times are event time in milliseconds; `page_start ≤ page_end`, inclusive; the names are those of the recorded form.
 */
export interface PrefixEvent extends EntryKey {
  /** Absent, as the pages are, where the source does not tell them: a request trace has none. */
  readonly layer?: string | number;
  readonly page_start?: number;
  readonly page_end?: number;
  /** Of the pages that the event names, in its layer. */
  readonly bytes: number;
  readonly latency_ms?: number;
  readonly timestamp_ms: number;
  /** The prefix that this one goes on. */
  readonly parent_prefix_id?: string;
  readonly tokens?: number;
  /** Prefill time that the use saved. */
  readonly prefill_ms?: number;
}

/** What names an entry of the index. */
export interface EntryKey {
  readonly tenant: string;
  readonly model_id: string;
  readonly prefix_id: string;
}

/** Events later than the clock by more than this are bad: one wrong clock would make all others look stale. */
export const FUTURE_MILLIS = 24 * 3600 * 1000;
