import type { KvModel } from '@wavetune/cache-sizing';
import type {
  Ceiling,
  CostedResult,
  LearnedTable,
  MeasuredWindow,
  PolicyInputs,
} from '@wavetune/cachesim';
import type { ReadTrace } from '@wavetune/ingest';
import type { Split } from './split-cache.ts';

/** Where the simulations of one run happen. */
export interface Ground {
  readonly trace: ReadTrace;
  readonly model: KvModel | undefined;
  readonly window: MeasuredWindow;
  /** Share of the requests before the window, as the user said it. */
  readonly measureFrom: number;
  readonly ceiling: Ceiling;
  readonly inputs: PolicyInputs;
  /** Undefined for one cache. */
  readonly split: Split | undefined;
}

/** A capacity as it was asked for, and what it comes to. */
export interface Size {
  readonly text: string;
  readonly blocks: number;
}

/** A result; evictions are not counted where the cache is split or sampled. */
export interface Result extends Omit<CostedResult, 'evictions' | 'measureFrom'> {
  readonly evictions: number | undefined;
  /** Of the policy `learned`. */
  readonly table?: LearnedTable;
  /** Undefined where nothing is estimated. */
  readonly sample?: Estimate;
  /** Of the hit ratio as that of one cache, where chains are sharded by hash. */
  readonly standardError?: number;
}

/** From which share of the chains a hit ratio was estimated, and its standard error. */
export interface Estimate {
  readonly ratio: number;
  readonly standardError: number;
}

/** Everything that a run of policies found. */
export interface Comparison {
  readonly ground: Ground;
  readonly sizes: readonly Size[];
  readonly results: readonly Result[];
}

/** What tables of results are made of, wherever they were replayed. */
export interface Figures {
  readonly ceiling: Ceiling;
  /** Of the measured window. */
  readonly inputTokens: number;
  readonly blockSize: number;
  readonly model: KvModel | undefined;
  readonly sizes: readonly Size[];
  readonly results: readonly Result[];
}
