import type { CacheCounts, CacheState, LiveCache } from '../caches/live-cache.ts';
import type { LiveCaches } from '../caches/open-caches.ts';
import type { Aggregator } from '../context/aggregator.ts';
import type { Trigger, TriggerReason } from '../context/trigger.ts';
import {
  type EventColumns,
  type EventRange,
  eventAt,
  eventCount,
} from '../events/event-columns.ts';
import type { Pace } from './pace.ts';
import type { PlanRecord, Steering } from './steering.ts';

export interface ReplayOptions {
  readonly columns: EventColumns;
  readonly caches: LiveCaches;
  readonly aggregator: Aggregator;
  readonly trigger: Trigger;
  readonly steering: Steering;
  readonly pace: Pace;
  /** Called between ranges; throws to end the replay. */
  readonly checkpoint: (eventsDone: number) => void;
  readonly onWindow: (window: WindowRecord) => void;
}

/** One window as it was replayed. */
export interface WindowRecord {
  /** From 0. */
  readonly window: number;
  /** Of the events. */
  readonly range: EventRange;
  readonly fromMillis: number;
  readonly toMillis: number;
  readonly baseline: CacheWindow;
  readonly steered: CacheWindow;
  /** What this window led to; undefined for the last. */
  readonly plan: PlanRecord | undefined;
}

/** What a cache did in a window, and how full it was at its end. */
export interface CacheWindow {
  readonly counts: CacheCounts;
  readonly usedBytes: number;
  readonly serverBytes: number;
  readonly keys: number;
}

export interface Replayed {
  readonly windows: readonly WindowRecord[];
  /** 1 where the cache answered the event's request; shape `[n]`. */
  readonly hits: { readonly baseline: Uint8Array; readonly steered: Uint8Array };
}

/**
 * Sends a stream of events to both caches. A window ends with the range in which its trigger spoke, or with the stream; then
 * the planner is asked, and what it answers is carried out between two ranges, when it is due.
 *
 * @throws WavetuneError `cache.*`, and what `checkpoint` throws.
 */
export async function replayEvents(options: ReplayOptions): Promise<Replayed> {
  const { columns, caches, steering, pace } = options;
  const events = eventCount(columns);
  const hits = { baseline: new Uint8Array(events), steered: new Uint8Array(events) };
  const windows: WindowRecord[] = [];
  let before = { baseline: caches.baseline.counts(), steered: caches.steered.counts() };
  let windowBegin = 0;
  for (let at = 0; at < events; ) {
    options.checkpoint(at);
    const range = await pace.next(columns, at);
    await steering.carryOutDue(columns.timeMillis[range.begin], caches.steered);
    const reason = await serveRange(options, range, hits);
    at = range.end;
    if (reason === null && at < events) continue;
    const toMillis = columns.timeMillis[at - 1];
    const [baseline, steered] = await Promise.all(
      [caches.baseline, caches.steered].map((cache) => cache.state(toMillis)),
    );
    const plan = at < events ? await steering.endWindow(reason ?? 'events', steered) : undefined;
    const record: WindowRecord = {
      window: windows.length,
      range: { begin: windowBegin, end: at },
      fromMillis: columns.timeMillis[windowBegin],
      toMillis,
      baseline: windowOf(caches.baseline, before.baseline, baseline),
      steered: windowOf(caches.steered, before.steered, steered),
      plan,
    };
    windows.push(record);
    options.onWindow(record);
    before = { baseline: caches.baseline.counts(), steered: caches.steered.counts() };
    windowBegin = at;
  }
  return { windows, hits };
}

/** Serves a range from both caches and shows it to aggregator and trigger. @returns The first reason that the trigger gave, or null. */
export async function serveRange(
  {
    columns,
    caches,
    aggregator,
    trigger,
  }: Pick<ReplayOptions, 'columns' | 'caches' | 'aggregator' | 'trigger'>,
  range: EventRange,
  hits: Replayed['hits'],
): Promise<TriggerReason | null> {
  const pressureBefore = caches.steered.pressure();
  const [baseline, steered] = await Promise.all([
    caches.baseline.serve(columns, range),
    caches.steered.serve(columns, range),
  ]);
  hits.baseline.set(baseline, range.begin);
  hits.steered.set(steered, range.begin);
  let spoken: TriggerReason | null = null;
  for (let i = range.begin; i < range.end; i++) {
    const event = eventAt(columns, i);
    const at = i - range.begin;
    const answers = event.isRequest
      ? { baseline: baseline[at] === 1, steered: steered[at] === 1 }
      : null;
    aggregator.observe(event, answers);
    const pressure = i === range.end - 1 ? caches.steered.pressure() : pressureBefore;
    const reason = trigger.observe(event, answers, Math.min(1, pressure));
    spoken ??= reason;
  }
  return spoken;
}

/** What a cache did since `before`. */
export function windowOf(cache: LiveCache, before: CacheCounts, state: CacheState): CacheWindow {
  const now = cache.counts();
  return {
    counts: {
      requests: now.requests - before.requests,
      hits: now.hits - before.hits,
      requestedBytes: now.requestedBytes - before.requestedBytes,
      hitBytes: now.hitBytes - before.hitBytes,
      loads: now.loads - before.loads,
      evictions: now.evictions - before.evictions,
      expirations: now.expirations - before.expirations,
    },
    usedBytes: state.usedBytes,
    serverBytes: state.serverBytes,
    keys: state.keys.length,
  };
}
