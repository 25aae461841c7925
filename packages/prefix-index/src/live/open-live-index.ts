import { setImmediate as otherWork } from 'node:timers/promises';
import { createPrefixIndex, type PrefixIndex } from '../index/prefix-index.ts';
import type { CommitOutcome } from '../stores/index-store.ts';
import { explain } from '../suggest/explain.ts';
import { suggest } from '../suggest/suggest.ts';
import type { BatchDelta } from '../totals/batch-delta.ts';
import { feedbackTotals } from '../totals/feedback.ts';
import { FUTURE_MILLIS, type PrefixEvent } from '../totals/prefix-event.ts';
import { DEFAULT_SETTINGS } from '../totals/settings.ts';
import type { TotalsColumns } from '../totals/totals-columns.ts';
import { createTotalsTable } from '../totals/totals-table.ts';
import { admitEvents } from './admit-events.ts';
import { digestOfEvents, digestOfFeedback } from './batch-ids.ts';
import { changeInSlices, type SlicedChanges } from './change-in-slices.ts';
import type { Journal } from './journal.ts';
import { liveError } from './live-errors.ts';
import type {
  EventBatch,
  FeedbackBatch,
  FeedbackReceipt,
  IndexChange,
  IndexStats,
  IngestReceipt,
  LiveIndex,
  LiveOptions,
} from './live-index.ts';
import { openJournal } from './open-journal.ts';
import { createRetention } from './retention.ts';
import { type SnapshotSchedule, scheduleSnapshots } from './schedule-snapshots.ts';

const COMPACT_ROWS = 50_000;
const QUEUE_BYTES = 64 * 2 ** 20;
/** Chosen: several fsyncs of a slow disk. */
const RETRY_AFTER_MILLIS = 1000;
/** Chosen: a millisecond or less, then other work is let in. */
const EVENTS_AT_ONCE = 256;

interface LiveState {
  readonly options: LiveOptions;
  readonly index: PrefixIndex;
  readonly journal: Journal;
  readonly changes: SlicedChanges;
  readonly snapshots: SnapshotSchedule;
  readonly listeners: Set<(change: IndexChange) => void>;
  /** Batches that the journal does not know of yet. */
  readonly comingIn: Set<Promise<unknown>>;
  ingestedEvents: number;
  refusedEvents: number;
  feedbacks: number;
  isClosed: boolean;
}

/**
 * Opens a store for serving: loads it, replays its log, and keeps both.
 *
 * @throws WavetuneError as `openStore`, and `index-log.*` for a log that cannot be read.
 */
export async function openLiveIndex(options: LiveOptions): Promise<LiveIndex> {
  const listeners: LiveState['listeners'] = new Set();
  const onFailure = (failure: unknown): void => options.onFailure?.(failure);
  let index = createPrefixIndex(DEFAULT_SETTINGS);
  /** Undefined while the index is read, when nobody asks. */
  let changes: SlicedChanges | undefined;
  const journal = await openJournal(options, {
    onSettings: (settings) => {
      index = createPrefixIndex(settings);
    },
    onTotals: (totals) => {
      if (changes === undefined) index.merge(totals);
      else changes.merge(totals, () => tell(listeners, onFailure, changeOf(totals)));
    },
    onFailure,
    compaction: {
      keyCount: () => index.rowCount(),
      leastRows: options.compactRows ?? COMPACT_ROWS,
    },
  });
  const inSlices = changeInSlices(index, onFailure);
  changes = inSlices;
  const prune = async (beforeMillis: number): Promise<number> => {
    await journal.prune(beforeMillis);
    const forgotten = await inSlices.prune(beforeMillis);
    if (forgotten > 0) tell(listeners, onFailure, { tenants: undefined });
    return forgotten;
  };
  const newestMillis = (): number => index.newestMillis();
  const { keepMillis } = options;
  const afterSnapshot = createRetention({ keepMillis, newestMillis, prune });
  const live: LiveState = {
    options,
    index,
    journal,
    changes: inSlices,
    snapshots: scheduleSnapshots(journal, { ...options, afterSnapshot }),
    listeners,
    comingIn: new Set(),
    ingestedEvents: 0,
    refusedEvents: 0,
    feedbacks: 0,
    isClosed: false,
  };
  return {
    ingest: (batch) => ingest(live, batch),
    feedback: (batch) => takeFeedback(live, batch),
    suggest: (query) => suggest(index, query),
    explain: (key, query) => explain(index, key, query),
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    index: () => index,
    stats: () => statsOf(live),
    snapshot: () => live.snapshots.take(),
    prune,
    close: () => close(live),
  };
}

function changeOf({ tenants }: TotalsColumns): IndexChange {
  return { tenants: new Set(tenants) };
}

function tell(
  listeners: LiveState['listeners'],
  onFailure: (failure: unknown) => void,
  change: IndexChange,
): void {
  for (const listener of listeners) {
    try {
      listener(change);
    } catch (failure) {
      onFailure(failure);
    }
  }
}

async function ingest(live: LiveState, batch: EventBatch): Promise<IngestReceipt> {
  checkOpen(live);
  // Making totals of what is refused then would hold up those who wait.
  checkRoom(live);
  const { items, refused, newestMillis } = admitEvents(batch.events, latestMillis(live));
  const batchId = batch.id ?? digestOfEvents(batch.events);
  let outcome: CommitOutcome = 'applied';
  if (items.length > 0) {
    const source = batch.source ?? 'live';
    const delta = { batchId, source, events: items.length, newestMillis };
    const handedIn = handIn(live, items, delta);
    live.comingIn.add(handedIn);
    const { recorded } = await handedIn.finally(() => live.comingIn.delete(handedIn));
    outcome = await recorded;
  }
  const ingested = outcome === 'applied' ? items.length : 0;
  live.ingestedEvents += ingested;
  live.refusedEvents += refused.length;
  return { batchId, ingested, outcome, refused };
}

/** Resolves when the journal has the batch; `recorded` when that is durable, and in the index. */
async function handIn(
  live: LiveState,
  events: readonly PrefixEvent[],
  delta: Omit<BatchDelta, 'totals'>,
): Promise<{ readonly recorded: Promise<CommitOutcome> }> {
  const table = createTotalsTable(live.index.settings.halfLifeMillis);
  for (const [i, event] of events.entries()) {
    if (i % EVENTS_AT_ONCE === 0) await otherWork();
    table.addEvent(event);
  }
  return { recorded: record(live, { ...delta, totals: table.columns() }) };
}

async function takeFeedback(live: LiveState, batch: FeedbackBatch): Promise<FeedbackReceipt> {
  checkOpen(live);
  const { items, refused, newestMillis } = admitEvents(batch.feedback, latestMillis(live));
  const batchId = batch.id ?? digestOfFeedback(batch.feedback);
  let outcome: CommitOutcome = 'applied';
  if (items.length > 0) {
    const totals = feedbackTotals(items, live.index.settings.halfLifeMillis);
    const source = batch.source ?? 'live feedback';
    outcome = await record(live, { batchId, source, events: 0, newestMillis, totals });
  }
  const accepted = outcome === 'applied' ? items.length : 0;
  live.feedbacks += accepted;
  return { batchId, accepted, outcome, refused };
}

/** Durable, and in the index, when it resolves. */
async function record(live: LiveState, delta: BatchDelta): Promise<CommitOutcome> {
  const { journal, changes, snapshots } = live;
  checkRoom(live);
  const outcome = await journal.record(delta);
  await changes.settled();
  snapshots.onRecorded();
  return outcome;
}

function queuedBytesOf({ journal, changes }: LiveState): number {
  return journal.queuedBytes() + changes.queuedBytes();
}

function checkRoom(live: LiveState): void {
  const queuedBytes = queuedBytesOf(live);
  if (queuedBytes <= (live.options.queueBytes ?? QUEUE_BYTES)) return;
  throw liveError('live-index.busy', { queuedBytes, retryAfterMillis: RETRY_AFTER_MILLIS });
}

function checkOpen({ isClosed }: LiveState): void {
  if (isClosed) throw liveError('live-index.closed', {});
}

function latestMillis({ options }: LiveState): number {
  return options.clock.nowMillis() + (options.futureMillis ?? FUTURE_MILLIS);
}

function statsOf(live: LiveState): IndexStats {
  const { index, journal, snapshots } = live;
  return {
    prefixes: index.rowCount(),
    tenants: [...index.tenants()].length,
    newestMillis: index.newestMillis(),
    batches: journal.batchCount(),
    ingestedEvents: live.ingestedEvents,
    refusedEvents: live.refusedEvents,
    feedbacks: live.feedbacks,
    queuedBytes: queuedBytesOf(live),
    logBytes: journal.logBytes(),
    ...snapshots.stats(),
  };
}

async function close(live: LiveState): Promise<void> {
  if (live.isClosed) return;
  live.isClosed = true;
  await Promise.allSettled(live.comingIn);
  await live.snapshots.stop();
  await live.journal.close();
  await live.changes.settled();
}
