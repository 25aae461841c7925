import type { Plan } from '@wavetune/ir';

/** What a caller can say about a log. */
export interface TraceOptions {
  /** Tokens a block, for formats whose records do not say. */
  readonly blockSize?: number;
  /** Whether a partial last block is cached and counted. */
  readonly tail?: Tail;
  /** Names of a key log's columns. */
  readonly columns?: KeyColumns;
  readonly prefixMode?: 'bytes' | 'delimiter';
  /** Bytes of a key that make its prefix, in the mode `bytes`. */
  readonly prefixLength?: number;
  /** What separates the components of a key, in the mode `delimiter`. */
  readonly delimiter?: string;
  /** Unit of a key log's numeric timestamps. */
  readonly timeUnit?: TimeUnit;
  /** The engine's PYTHONHASHSEED, for logs of token ids. */
  readonly hashSeed?: string;
}

/** `count` keeps a partial last block with its remainder of tokens, `drop` drops it, as engines do. */
export type Tail = 'count' | 'drop';

/** Columns of a key log by their meaning. */
export interface KeyColumns {
  readonly key?: string;
  readonly size?: string;
  readonly timestamp?: string;
  readonly tenant?: string;
  readonly page?: string;
}

export type TimeUnit = 's' | 'ms' | 'us' | 'ns';

/** The beginning of a file, as far as a format is recognised by it. */
export interface TraceSample {
  readonly path: string;
  readonly layout: Layout;
  /** Keys of the first JSON object, or columns. */
  readonly columns: readonly SampleColumn[];
  readonly options: TraceOptions;
}

/** `csv` is any text that does not begin as JSON does. */
export type Layout = 'json' | 'csv' | 'parquet';

export interface SampleColumn {
  readonly name: string;
  /** `number`, `text`, `list`, … for JSON; the name of the type for Parquet; empty for a CSV header. */
  readonly kind: string;
}

/**
 * How a format's canonical rows name their chains: `ids` by u64 block ids; `hex` by such ids as hexadecimal text; `tokens`
 * by token ids that are to be hashed; `key` by a text that is one block; `path` by a text that is to be cut into a chain
 * (see `chainOfKey`); `none` not at all.
 */
export type ChainKind = 'ids' | 'hex' | 'tokens' | 'key' | 'path' | 'none';

/**
 * One log format. Adding one is a file with such a record, a line in `TRACE_FORMATS`, and its test.
 *
 * `plan` answers the *canonical rows*, one a request in the log's order:
 *
 * | column | type | |
 * |---|---|---|
 * | `record` | i64 | line, or number of the request in its document, from 1 |
 * | `reason` | text | why the row is bad; null for a good one |
 * | `bad_text` | text | the beginning of a bad record; always null where records hold prompts or tokens |
 * | `time_ms`, `input_tokens`, `output_tokens`, `block_size` | f64 | |
 * | `file` | text | for formats of many small documents: which one; each file's rows follow one another |
 * | `order_ms` | f64 | optional; the time that should ascend through a file, where it is not `time_ms` |
 * | `session`, `tenant`, `model` | text | optional columns, and nullable |
 * | `continues` | text | optional; the session that this one goes on |
 * | `ids` | list of u64, of text for `hex` | for `ids`, `hex`, `tokens` |
 * | `key` | text | for `key`, `path` |
 * | `bytes`, `layer`, `page_start`, `page_end` | f64, text, f64, f64 | optional columns |
 */
export interface TraceFormat {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** The keys without which a record is not of this format; they serve the message about an unknown one. */
  readonly keys: readonly string[];
  readonly chain: ChainKind;
  /** Ids mean the same in every file, or something in their own file only. */
  readonly idScope: 'shared' | 'file';
  readonly tail: Tail;
  readonly layouts: readonly Layout[];
  /** What in a sample of such a layout shows this format; undefined where it is another. */
  readonly detect: (sample: TraceSample) => string | undefined;
  /**
   * Canonical rows of `files`, bad ones among them.
   *
   * @throws WavetuneError `trace.missing-columns`, `trace.bad-option`.
   */
  readonly plan: (files: readonly string[], options: TraceOptions, sample: TraceSample) => Plan;
  /**
   * The same good rows several times quicker, in any order, where the layout of the sample has such a way. `record` is 0,
   * `bad_text` null; a row that is bad is bad here too, but may give another reason.
   */
  readonly quickPlan?: (files: readonly string[], sample: TraceSample) => Plan | undefined;
}
