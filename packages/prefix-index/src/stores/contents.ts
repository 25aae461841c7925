import type { TotalsColumns } from '../totals/totals-columns.ts';
import type {
  BatchRecord,
  CommitOutcome,
  IndexStore,
  StoreChange,
  StoreState,
} from './index-store.ts';
import { mergeRows, rowsSince } from './merge-rows.ts';

/** What a rewrite puts in place of all that a store held. */
export interface Contents {
  readonly batches: readonly BatchRecord[];
  readonly totals: TotalsColumns;
  readonly prunedBeforeMillis: number;
}

/**
 * True where all of a change is older than what was pruned. A change that a log holds is acknowledged, and is never: the
 * store takes it, so that it knows how far the log goes.
 */
export function isExpired(
  change: StoreChange,
  { prunedBeforeMillis }: Pick<StoreState, 'prunedBeforeMillis'>,
): boolean {
  return (
    change.logSequence === undefined &&
    change.batches.length > 0 &&
    change.batches.every(
      ({ newestMillis }) =>
        newestMillis < prunedBeforeMillis && newestMillis !== Number.NEGATIVE_INFINITY,
    )
  );
}

/** `known` or `expired`, or undefined where the change is to be applied. */
export async function refusalOf(
  store: Pick<IndexStore, 'knownBatches' | 'state'>,
  change: StoreChange,
): Promise<Exclude<CommitOutcome, 'applied'> | undefined> {
  const known = await store.knownBatches(change.batches.map(({ batchId }) => batchId));
  if (known.length > 0) return 'known';
  return isExpired(change, await store.state()) ? 'expired' : undefined;
}

/** A row a key, without keys and batches of before a time. @returns Also how many keys went. */
export async function contentsSince(
  store: Pick<IndexStore, 'load' | 'batches' | 'state'>,
  beforeMillis: number,
): Promise<{ readonly contents: Contents; readonly pruned: number }> {
  const { settings, prunedBeforeMillis } = await store.state();
  const { halfLifeMillis } = settings;
  const all = (await mergeRows(store.load(), halfLifeMillis)).columns();
  const isPruned = beforeMillis > Number.NEGATIVE_INFINITY;
  const totals = isPruned ? rowsSince(all, halfLifeMillis, beforeMillis) : all;
  const batches: BatchRecord[] = [];
  for await (const batch of store.batches()) {
    const isKept = !(batch.newestMillis < beforeMillis) || !Number.isFinite(batch.newestMillis);
    if (isKept) batches.push(batch);
  }
  return {
    contents: {
      batches,
      totals,
      prunedBeforeMillis: Math.max(prunedBeforeMillis, beforeMillis),
    },
    pruned: all.rowCount - totals.rowCount,
  };
}
