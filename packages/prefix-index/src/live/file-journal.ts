import type { Clock } from '@wavetune/core';
import type { EventLog } from '../log/event-log.ts';
import { createTurns, type InTurn } from '../log/turns.ts';
import { encodeChange } from '../stores/change-json.ts';
import { isExpired } from '../stores/contents.ts';
import type { CommitOutcome, IndexStore, StoreChange } from '../stores/index-store.ts';
import { addPending, emptyPending, type Pending } from '../stores/log-tail.ts';
import type { BatchDelta } from '../totals/batch-delta.ts';
import type { TotalsColumns } from '../totals/totals-columns.ts';
import { type CompactionRule, compactWhereDue } from './compact-where-due.ts';
import type { Journal, SnapshotReceipt } from './journal.ts';

/** What a file journal stands on, and closes at its end. */
export interface FileJournalParts {
  readonly store: IndexStore;
  readonly log: EventLog;
  /** Ids of all batches in store and log. */
  readonly known: Set<string>;
  /** What the log holds and the store does not. */
  readonly tail: Pending;
  readonly prunedBeforeMillis: number;
  readonly clock: Clock;
  /** Called with each change as soon as it is durable, in that order; the change stays as it is. */
  readonly onTotals: (totals: TotalsColumns) => void;
  readonly compaction: CompactionRule;
}

interface JournalState extends Omit<FileJournalParts, 'prunedBeforeMillis'> {
  pending: Pending;
  prunedBeforeMillis: number;
  /** Taken from the log's owner, and refused by the store so far: tried again before anything newer. */
  unsaved: (StoreChange & { readonly logSequence: number }) | undefined;
  /** Batches on their way into the log. */
  readonly underWay: Map<string, Promise<unknown>>;
  /** Snapshots, and what else rewrites the store. */
  readonly inTurn: InTurn;
}

/** A log for every batch, and from time to time a snapshot of what it added for the store. */
export function createFileJournal(parts: FileJournalParts): Journal {
  const journal: JournalState = {
    ...parts,
    pending: parts.tail,
    unsaved: undefined,
    underWay: new Map(),
    inTurn: createTurns(),
  };
  const { log } = parts;
  return {
    record: (delta) => record(journal, delta),
    queuedBytes: () => log.queuedBytes(),
    logBytes: () => log.sizeBytes(),
    batchCount: () => journal.known.size,
    snapshot: () => journal.inTurn(() => snapshot(journal)),
    prune: (beforeMillis) => journal.inTurn(() => prune(journal, beforeMillis)),
    close: async () => {
      await journal.inTurn(() => snapshot(journal)).catch(() => undefined);
      await log.close();
      await parts.store.close();
    },
  };
}

async function record(journal: JournalState, delta: BatchDelta): Promise<CommitOutcome> {
  const { totals, ...batch } = delta;
  const { batchId } = batch;
  for (let same = journal.underWay.get(batchId); same; same = journal.underWay.get(batchId)) {
    await same;
  }
  if (journal.known.has(batchId)) return 'known';
  const change = { batches: [batch], totals };
  if (isExpired(change, journal)) return 'expired';
  const durable = journal.log.append(encodeChange(change), () => {
    journal.known.add(batchId);
    addPending(journal.pending, change);
    journal.onTotals(totals);
  });
  journal.underWay.set(batchId, durable);
  try {
    await durable;
    return 'applied';
  } finally {
    journal.underWay.delete(batchId);
  }
}

async function snapshot(journal: JournalState): Promise<SnapshotReceipt> {
  const startMillis = journal.clock.monotonicMillis();
  const saved = { keys: 0, batches: 0 };
  if (journal.unsaved !== undefined) await save(journal, saved);
  if (journal.pending.batches.length > 0) {
    journal.unsaved = await journal.log.cut((logSequence) => takePending(journal, logSequence));
    await save(journal, saved);
    await compactWhereDue(journal.store, journal.compaction);
  }
  return { ...saved, tookMillis: journal.clock.monotonicMillis() - startMillis };
}

function takePending(journal: JournalState, logSequence: number) {
  const { table, batches } = journal.pending;
  journal.pending = emptyPending(journal.store.settings().halfLifeMillis);
  return { batches, totals: table.columns(), logSequence };
}

/** A store that took the change and failed before it said so calls it `known` now. */
async function save(
  journal: JournalState,
  saved: { keys: number; batches: number },
): Promise<void> {
  const change = journal.unsaved;
  if (change === undefined) return;
  await journal.store.commit(change);
  journal.unsaved = undefined;
  saved.keys += change.totals.rowCount;
  saved.batches += change.batches.length;
  await journal.log.drop(change.logSequence);
}

async function prune(journal: JournalState, beforeMillis: number): Promise<number> {
  await snapshot(journal);
  const pruned = await journal.store.prune(beforeMillis);
  journal.prunedBeforeMillis = Math.max(journal.prunedBeforeMillis, beforeMillis);
  const kept = new Set<string>();
  for await (const { batchId } of journal.store.batches()) kept.add(batchId);
  for (const { batchId } of journal.pending.batches) kept.add(batchId);
  for (const batchId of journal.known) if (!kept.has(batchId)) journal.known.delete(batchId);
  return pruned;
}
