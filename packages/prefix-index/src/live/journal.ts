import type { CommitOutcome } from '../stores/index-store.ts';
import type { BatchDelta } from '../totals/batch-delta.ts';
import type { StoreSettings } from '../totals/settings.ts';
import type { TotalsColumns } from '../totals/totals-columns.ts';
import type { CompactionRule } from './compact-where-due.ts';

/** Where a live index makes what it takes durable. */
export interface Journal {
  /**
   * Durable when it resolves; its owner has been told of the change by then.
   *
   * @throws WavetuneError `index-disk.*`, `index-store.unreachable`: nothing was applied.
   */
  record(delta: BatchDelta): Promise<CommitOutcome>;
  /** Of what waits to become durable. */
  queuedBytes(): number;
  /** Of what a restart would read again. */
  logBytes(): number;
  /** Of all that the store holds. */
  batchCount(): number;
  /** Puts what was applied since the last one into the store. @throws WavetuneError `index-disk.*`: nothing is lost. */
  snapshot(): Promise<SnapshotReceipt>;
  /** Forgets keys not seen since and older batches, in the store. */
  prune(beforeMillis: number): Promise<number>;
  /** Waits for what is under way, takes a last snapshot where the disk lets it, closes the store. */
  close(): Promise<void>;
}

/** What a snapshot wrote. */
export interface SnapshotReceipt {
  readonly keys: number;
  readonly batches: number;
  readonly tookMillis: number;
}

/** Who is told what a store holds, and then each change as soon as it is durable. */
export interface Owner {
  /** Comes first. */
  readonly onSettings: (settings: StoreSettings) => void;
  readonly onTotals: (totals: TotalsColumns) => void;
  readonly compaction: CompactionRule;
  /** What was not asked for failed. */
  readonly onFailure: (failure: unknown) => void;
}
