import type { LiveCache } from '../caches/live-cache.ts';
import type { LiveCaches } from '../caches/open-caches.ts';
import type { Aggregator } from '../context/aggregator.ts';
import type { Trigger, TriggerReason } from '../context/trigger.ts';
import { createEventRecorder } from '../events/event-columns.ts';
import type { ItemEvent } from '../events/item-event.ts';
import { serveRange, type WindowRecord, windowOf } from '../replay/replay-events.ts';
import { type ParseEventOptions, parseEvent, type RawEvent } from './parse-event.ts';
import type { RemoteSteering } from './remote-steering.ts';

export interface FollowOptions {
  readonly events: AsyncIterable<readonly RawEvent[]>;
  readonly parsing: ParseEventOptions;
  /** By the wall clock. */
  readonly caches: LiveCaches;
  readonly aggregator: Aggregator;
  readonly trigger: Trigger;
  readonly steering: RemoteSteering;
  /** A window ended; its plan is filled in later. */
  readonly onWindow: (window: WindowRecord) => void;
  /** An event was passed over. */
  readonly onBadEvent: (reason: string) => void;
}

export interface Followed {
  readonly events: number;
  readonly badEvents: number;
  readonly windows: number;
}

interface FollowState extends FollowOptions {
  window: number;
  served: number;
  windowBegin: number;
  fromMillis: number;
  before: { baseline: ReturnType<LiveCache['counts']>; steered: ReturnType<LiveCache['counts']> };
}

/** Events that are served together; a window may end so much late. */
const MOST_AT_ONCE = 100;

/**
 * Serves live events from both caches and asks the planner at the ends of windows, until the events end. Neither the
 * planner nor what it answers is waited for: requests go on.
 *
 * @throws WavetuneError `cache.*`, what the source of events throws, and what breaks a planner.
 */
export async function followEvents(options: FollowOptions): Promise<Followed> {
  const state: FollowState = {
    ...options,
    window: 0,
    served: 0,
    windowBegin: 0,
    fromMillis: 0,
    before: countsOf(options.caches),
  };
  let badEvents = 0;
  for await (const batch of options.events) {
    const events: ItemEvent[] = [];
    for (const raw of batch) {
      const event = parseEvent(raw, options.parsing);
      if (typeof event !== 'string') events.push(event);
      else {
        badEvents++;
        options.onBadEvent(event);
      }
    }
    for (let at = 0; at < events.length; at += MOST_AT_ONCE) {
      await serve(state, events.slice(at, at + MOST_AT_ONCE));
    }
  }
  await options.steering.close();
  return { events: state.served, badEvents, windows: state.window };
}

async function serve(state: FollowState, events: readonly ItemEvent[]): Promise<void> {
  const { steering, caches, aggregator, trigger } = state;
  const recorder = createEventRecorder();
  for (const event of events) recorder.add(event);
  const { columns } = recorder.finish();
  const count = events.length;
  const range = { begin: 0, end: count };
  await steering.learnOutcomes();
  if (state.served === state.windowBegin) state.fromMillis = columns.timeMillis[0];
  const hits = { baseline: new Uint8Array(count), steered: new Uint8Array(count) };
  const reason = await serveRange({ columns, caches, aggregator, trigger }, range, hits);
  state.served += count;
  if (reason !== null) await endWindow(state, reason, columns.timeMillis[count - 1]);
}

async function endWindow(state: FollowState, reason: TriggerReason, toMillis: number) {
  const { caches, steering } = state;
  const [baseline, steered] = await Promise.all(
    [caches.baseline, caches.steered].map((cache) => cache.state(toMillis)),
  );
  const { before, fromMillis } = state;
  state.onWindow({
    window: state.window,
    range: { begin: state.windowBegin, end: state.served },
    fromMillis,
    toMillis,
    baseline: windowOf(caches.baseline, before.baseline, baseline),
    steered: windowOf(caches.steered, before.steered, steered),
    plan: steering.endWindow(reason, steered),
  });
  state.before = countsOf(caches);
  state.windowBegin = state.served;
  state.window++;
}

function countsOf({ baseline, steered }: LiveCaches): FollowState['before'] {
  return { baseline: baseline.counts(), steered: steered.counts() };
}
